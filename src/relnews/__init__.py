"""relnews: related, fresh, diverse, explained and measured "Empfohlen" lists for news sites."""
