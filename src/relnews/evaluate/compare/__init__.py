"""From lists to numbers: values, intervals, tests, slices, and the release gate."""
