"""Results of campaigns: one JSON line a mutant, so that a run that was cut goes on.

A file is only added to. Each run begins with a line of its own that names the campaign (all that
was built) and, where the caller knows them, the texts: a digest of each module. The records below
it count for the same campaign; for another, those of modules whose text is the same.
"""

import json
import time


class Results:
    """A file of one shard, and what the files of all shards say of this campaign."""

    def __init__(self, folder, campaign, shard=(1, 1), texts=None):
        self.folder, self.campaign, self.texts = folder, campaign, texts or {}
        self.path = folder / f"results-{shard[0]}-of-{shard[1]}.jsonl"
        self.begun = False

    def _begin(self):
        """This run's own line; what was cut in mid-line before it stays one line by itself."""
        self.folder.mkdir(parents=True, exist_ok=True)
        cut = self.path.exists() and not self.path.read_bytes().endswith(b"\n")
        first = {"campaign": self.campaign, "texts": self.texts, "begun": time.time()}
        with open(self.path, "a", encoding="utf-8") as file:
            file.write("\n" * cut + json.dumps(first) + "\n")
        self.begun = True

    def add(self, record):
        """Writes one mutant's record."""
        if not self.begun:
            self._begin()
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def _counts(self, record, run):
        """Whether a record of that run says something of this campaign."""
        if run.get("campaign") == self.campaign:
            return True
        text = self.texts.get(record.get("module"))
        return text is not None and run.get("texts", {}).get(record["module"]) == text

    def _read(self, path):
        """(begin of its run, record) of all that count; the campaign that it is of, added."""
        run = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                continue  # cut in mid-line
            if "campaign" in entry:
                run = entry
            elif self._counts(entry, run):
                yield run.get("begun", 0), {**entry, "ran": run["campaign"]}

    def all(self):
        """The last record of each mutant, of all shards."""
        paths = sorted(self.folder.glob("results-*.jsonl"))
        found = [entry for path in paths for entry in self._read(path)]
        found.sort(key=lambda entry: entry[0])
        return {record["key"]: record for _, record in found}
