"""The front door: articles in, lists out."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from threading import RLock
from typing import TYPE_CHECKING, Self

from relnews import fitting, intake
from relnews.asking import ids_of, require, require_change, require_no_text
from relnews.batch import Desk, Task, make_due, make_some
from relnews.encoders import find
from relnews.errors import InvalidQuery, UnknownArticle
from relnews.lists import Asked, ListMaker
from relnews.mirror import Mirror
from relnews.policy import Policy
from relnews.reembedding import open_with, reembed, repair
from relnews.semantic import SemanticModel
from relnews.store import Store
from relnews.store.opening import is_new
from relnews.stored import StoredLists
from relnews.types import Article, Publication, Retraction

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from relnews.encoders import Encoders, Given
    from relnews.protocols import IndexMaker
    from relnews.rank.rules import Rule
    from relnews.types import AddReport, BatchReport, EmbedReport, Quarantined, RelatedList

DEPTH = 20
"""Entries in a stored list: more than are shown, so that one that vanishes is replaced."""

_LISTS_AT_ONCE = 200
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Recommender:
    """The lists of one site, over one store.

    Several processes may read while one writes; each answer takes in what was written before
    it was asked. One object may be shared by threads, which take turns.

    Parameters
    ----------
    store
        Where everything is kept; `Recommender.open` opens one.
    policy
        How lists are made.
    language
        ISO 639-1; assumed where neither an article nor detection names one.
    index
        For millions of articles: `relnews.index.approximate.ApproximateIndex`, which finds nearly
        the same, sooner; it needs the extra `approximate`. For a process that stays, over about
        100,000: `relnews.index.living.LivingPools()`, which finds the same, sooner, once its
        pools are made. None: every article is scored.
    encoders
        Where a pretrained model is found; `open` gives them.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from relnews import Article, Recommender
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> text = "Die Brücke über die Elmse bleibt nach dem Gutachten gesperrt."
    >>> with Recommender.open(":memory:") as rec:
    ...     report = rec.add(
    ...         Article(id=name, headline=headline, body=text, published_at=noon)
    ...         for name, headline in (("a", "Brücke gesperrt"), ("b", "Gutachten zur Brücke"))
    ...     )
    ...     report.accepted
    ('a', 'b')
    """

    def __init__(
        self,
        store: Store,
        policy: Policy | None = None,
        language: str = "de",
        index: IndexMaker | None = None,
        encoders: Encoders | None = None,
    ) -> None:
        self.policy = policy or Policy()
        self._store = store
        self._mirror = Mirror(store, language, index, encoders)
        self._lock = RLock()

    @classmethod
    def open(
        cls,
        url: str | os.PathLike[str],
        *,
        policy: Policy | None = None,
        language: str = "de",
        create: bool = True,
        index: IndexMaker | None = None,
        model: Given | None = None,
    ) -> Self:
        """Open a database by path or SQLAlchemy URL; ``":memory:"`` keeps nothing.

        Parameters
        ----------
        url, policy, language, index
            As for the class.
        create
            Create the database when there is none.
        model
            What gives the semantic view: a preset of `models/`, a TOML file, the folder of a
            model, a name on the hub, an `ArticleEncoder` of your own, or ``"default"``, the
            latent view. An empty database begins with it. None: whatever the database was built
            with, which is the latent view for a new one.

        Raises
        ------
        StoreError
            When it is not one of ours, or there is none and `create` is false.
        ModelMismatch
            When it was built with another model; `embed` changes it.
        InvalidModel, MissingModel, MissingExtra
            When the model cannot be had. None is ever downloaded here.
        """
        if model is not None and create and is_new(url):
            model = find(model, SemanticModel()) or model  # first: if it fails, no file is left
        store = Store.open(url, create=create)
        try:
            return cls(store, policy, language, index, open_with(store, model))
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def store(self) -> Store:
        """What is kept, for those who want to look at it."""
        return self._store

    @property
    def mirror(self) -> Mirror:
        """What lists are made from, in memory, for those who measure it; `refresh` it first."""
        return self._mirror

    def add(
        self,
        articles: Iterable[Article | Quarantined],
        *,
        progress: Callable[[int], None] = lambda _: None,
    ) -> AddReport:
        """Take articles in: new ones, newer versions, and what a reader could not read.

        One transaction per 1,000 articles; what a finished one holds survives any crash. The
        text model is refitted at the end when the corpus has grown by half since the last fit.

        Parameters
        ----------
        articles
            Such as `relnews.ingest.read` yields; consumed lazily.
        progress
            Called after each transaction with the number of records in it.

        Raises
        ------
        StoreError
            When the database cannot be written; what finished before stays.
        """
        with self._lock:
            report = intake.add(self._store, self._mirror, articles, progress)
            if report.accepted:
                self._mirror.refresh()
                if fitting.is_refit_due(self._mirror):
                    fitting.refit(self._store, self._mirror)
                if fitting.is_weighing_due(self._mirror):
                    fitting.weigh(self._store, self._mirror)
            return report

    def refit(self) -> None:
        """Fit the text model anew on all articles; a matter of seconds for 28,000."""
        with self._lock:
            fitting.refit(self._store, self._mirror)

    def rebuild(self, *, progress: Callable[[int], None] = lambda _: None) -> None:
        """Derive anew what follows from the articles: vocabulary, documents, model, vectors.

        Stored lists go with what they were made from; `precompute` makes them again. Articles,
        rules and retractions stay. One transaction: readers see the old state until it is done.
        """
        with self._lock:
            language = self._mirror.analyzer.language
            fitting.rebuild(self._store, language, progress)
            self._mirror = self._mirror.anew()
            self._mirror.refresh()
            if self._mirror.reads_texts:
                repair(self._store, self._mirror)

    def embed(
        self, model: Given, *, progress: Callable[[int], None] = lambda _: None
    ) -> EmbedReport:
        """Change the semantic view to another model, or complete the vectors of the current one.

        Every article is embedded beside the old vectors, 100 in a transaction, while other
        processes read and write; then all readers switch at once, and every stored list is due.
        Started again after an interruption it goes on where it was.

        Parameters
        ----------
        model
            As for `open`.
        progress
            Called after each transaction with the number of articles embedded in it.

        Raises
        ------
        InvalidModel, MissingModel, MissingExtra
            When the model cannot be had; nothing has happened then.
        StoreError
            When the database cannot be written; what finished before stays.
        """
        with self._lock:
            return reembed(self._store, self._mirror, model, progress)

    def recommend(
        self,
        article: str | Article,
        *,
        at: datetime,
        k: int = 5,
        exclude: Iterable[str] = (),
        policy: Policy | None = None,
    ) -> RelatedList:
        """Give the list of an article at a moment.

        Parameters
        ----------
        article
            The id of a stored article, or an article that is not stored, such as a draft.
        at
            Timezone-aware. Nothing that is not live then is shown.
        k
            How many entries at most, at least 1. A shorter list is a prefix of a longer one.
        exclude
            Ids that must not be shown: on the page already, or already read.
        policy
            Instead of the recommender's own.

        Raises
        ------
        UnknownArticle
            When no stored article has the id.
        InvalidQuery
            When `k` is less than 1 or `at` is naive.
        """
        require(k, at)
        with self._lock:
            self._mirror.refresh()
            given = isinstance(article, Article)
            source = article if isinstance(article, Article) else self.article(article)
            asked = Asked(source, at, k, ids_of(exclude), stored=not given)
            return self._maker(policy).make(asked)

    def _maker(self, policy: Policy | None = None) -> ListMaker:
        return ListMaker(self._store, self._mirror, policy or self.policy, self._lock)

    def article(self, article_id: str) -> Article:
        """Give a stored article; `UnknownArticle` when there is none."""
        found = self._store.articles([article_id]).get(article_id)
        if found is None:
            msg = f"no stored article has the id {article_id!r}; add it, or pass the Article itself"
            raise UnknownArticle(msg)
        return found

    def retract(self, article_id: str, *, reason: str = "") -> Retraction:
        """Take an article out of everything, in one transaction.

        It leaves all stored lists and can no longer be recommended. The retraction holds until
        `reinstate`: whatever version of the article arrives later is refused. An unknown id is
        retracted too, since a kill may overtake its article.

        Returns
        -------
        Retraction
            The receipt: every stored list that carried the article, and what it shows now at
            the moment it was made for, in order and to its stored depth.
        """
        if not isinstance(article_id, str) or not article_id.strip():
            msg = f"an article is retracted by its id, got {article_id!r}"
            raise InvalidQuery(msg)
        with self._lock:
            with self._store.write() as writer:
                carriers = writer.listed_in(article_id)
                known = writer.retract(article_id, reason, None)
            self._mirror.refresh()
            reader = StoredLists(self._store, self._mirror.rules)
            lists = {}
            for source_id in carriers:
                stored = self._store.related_list(source_id)
                if stored is not None:
                    lists[source_id] = reader.show([stored], at=stored.at, k=stored.k)[0].ids
            return Retraction(article_id, reason, known, lists)

    def reinstate(self, article_id: str) -> bool:
        """Take a retraction back; False when there was none.

        Its own list and its places on others come with the next `precompute`.
        """
        with self._lock, self._store.write() as writer:
            return writer.reinstate(article_id)

    def rules(self) -> dict[int, Rule]:
        """Give the rules of the site by number, oldest first."""
        return self._store.rules()

    def add_rule(self, rule: Rule) -> int:
        """Add a rule and return its number. It holds for every answer from now on.

        Stored lists obey blocks and separations at once, pins and quotas when they are remade.
        """
        with self._lock, self._store.write() as writer:
            return writer.add_rule(rule)

    def remove_rule(self, number: int) -> bool:
        """Remove a rule; False when there is none of this number."""
        with self._lock, self._store.write() as writer:
            return writer.remove_rule(number)

    def precompute(
        self,
        *,
        at: datetime,
        ids: Sequence[str] | None = None,
        changed_since: datetime | None = None,
        depth: int = DEPTH,
        n_jobs: int = 1,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> BatchReport:
        """Make and store lists: all of them, some, or those that changes concern.

        The same lists that `recommend` gives one by one. A run that was interrupted goes on when
        it is started again for the same moment: lists that are up to date are not made again.
        When every list is made, the document counts that words are weighed by are brought up to
        date first; they then hold still until the next such run, or until the site has grown by
        a tenth, so that an arriving article changes no list but those it enters.

        Parameters
        ----------
        at
            The moment the lists are for.
        ids
            Whose lists; all current articles' when None.
        changed_since
            With a moment, lists made for it or later stay, unless an article that is new,
            edited, retracted, published, expired ... since they were made may be or have been
            among their candidates. Not with `ids`.
        depth
            Entries per stored list.
        n_jobs
            Processes, as joblib counts them (-1: one per core), on joblib's current backend; not 0.
        progress
            Called after each 256 lists, which are one transaction, with the lists made so far
            and of how many.

        Raises
        ------
        InvalidQuery
            When a value is out of its range, both `ids` and `changed_since` are given, or several
            jobs are wanted of a database in memory.
        UnknownArticle
            When one of the `ids` is not stored.
        """
        require(depth, at, "depth")
        if changed_since is not None:
            require_change(changed_since, at, ids)
        task = Task(at, self._bounded(depth), self.policy, changed_since)
        if ids is None:
            return make_due(self._desk(), task, n_jobs, progress)
        require_no_text(ids, "ids")
        return make_some(self._desk(), task, ids, n_jobs, progress)

    def publish(
        self, articles: Iterable[Article | Quarantined], *, at: datetime, depth: int = DEPTH
    ) -> Publication:
        """Take articles in and bring the stored lists up to date at once.

        For a hook of a CMS or a worker behind a queue, in a process that stays: the new
        articles' own lists are made, and those they enter or leave. Lists that nothing new
        concerns stay as they are, for whatever moment they were made, and articles that have no
        list get none.

        Parameters
        ----------
        articles
            As for `add`: new ones, newer versions, withdrawn ones.
        at
            The moment the lists are for.
        depth
            As for `precompute`; a list of another depth is made anew.

        Raises
        ------
        InvalidQuery
            When `at` is naive or `depth` is less than 1.
        StoreError
            When the database cannot be written; what finished before stays.
        """
        require(depth, at, "depth")
        added = self.add(articles)
        own = frozenset(added.accepted)
        task = Task(at, self._bounded(depth), self.policy, _BEGINNING, own)
        return Publication(added, make_due(self._desk(), task, 1, lambda _done, _total: None))

    def _desk(self) -> Desk:
        return Desk(self._store, self._mirror, self._lock)

    def _bounded(self, depth: int) -> int:
        """Give a depth no list can exceed, however large the one asked for."""
        with self._lock:
            self._mirror.refresh()
            return min(depth, len(self._mirror.live_rows()) + 1)

    def stored_list(
        self, article_id: str, *, at: datetime, k: int = 5, exclude: Iterable[str] = ()
    ) -> RelatedList | None:
        """Give the first entries of a stored list that may be shown now; None without a list.

        What has been retracted, expired, blocked or put under embargo since the list was made
        is left out, and the next entry takes its place.
        """
        require(k, at)
        with self._lock:
            self._mirror.refresh()
            stored = self._store.related_list(article_id)
            if stored is None:
                return None
            reader = StoredLists(self._store, self._mirror.rules)
            return reader.show([stored], at=at, k=k, exclude=ids_of(exclude))[0]

    def stored_lists(self, *, at: datetime, k: int = 5, since: int = 0) -> Iterator[RelatedList]:
        """Give what `stored_list` gives for every article that has a stored list, by id.

        Each 200 lists are read and checked together, when they are asked for: what is retracted
        while this runs is on none of the lists that are still to come. The articles come without
        their bodies, which no list shows.

        Parameters
        ----------
        at, k
            As for `stored_list`.
        since
            Only lists that were stored after this change of the store (`Store.change`), or lost
            a retracted entry after it; 0 gives all.

        Notes
        -----
        A list that was stored earlier may show less by now: an entry expires, or is blocked, and
        no change of the list marks it. Whoever publishes lists anew must write all of them.

        Raises
        ------
        InvalidQuery
            When `k` is less than 1 or `at` is naive; at once, not at the first list.
        """
        require(k, at)
        return self._stored_lists(at, k, since)

    def _stored_lists(self, at: datetime, k: int, since: int) -> Iterator[RelatedList]:
        stored = self._store.all_lists(since)
        while chunk := list(islice(stored, _LISTS_AT_ONCE)):
            with self._lock:
                self._mirror.refresh()
                reader = StoredLists(self._store, self._mirror.rules, bodies=False)
                shown = reader.show(chunk, at=at, k=k)
            yield from shown
