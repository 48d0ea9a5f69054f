"""Results of a campaign: one JSON line a mutant, so that a run that was cut goes on."""

import json


class Results:
    """A file of one shard; of another campaign's, nothing is kept."""

    def __init__(self, folder, campaign, shard=(1, 1)):
        self.folder, self.campaign = folder, campaign
        self.path = folder / f"results-{shard[0]}-of-{shard[1]}.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and self._read(self.path) is None:
            self.path.unlink()
        if not self.path.exists():
            self._append({"campaign": campaign})

    def _append(self, record):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def _read(self, path):
        """The records of a file, or None where they are another campaign's."""
        lines = path.read_text(encoding="utf-8").splitlines()
        records = []
        for line in lines:
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError:
                pass  # cut in mid-line
        if not records or records[0].get("campaign") != self.campaign:
            return None
        return records[1:]

    def add(self, record):
        """Writes one mutant's record."""
        self._append(record)

    def all(self):
        """The last record of each mutant, of all shards."""
        latest = {}
        for path in sorted(self.folder.glob("results-*.jsonl")):
            latest.update({record["key"]: record for record in self._read(path) or []})
        return latest
