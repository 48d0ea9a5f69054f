"""scripts/fetch_mnist.py against a local folder. Standard library only; needs the real MNIST files
in SYSTOLE_DATA for the case that succeeds, and stand-ins of its own for those that fail.
"""

import contextlib
import functools
import gzip
import hashlib
import http.server
import importlib.util
import io
import os
import shutil
import tempfile
import threading
import unittest

_PATH = os.path.join(os.path.dirname(__file__), "..", "..", "scripts", "fetch_mnist.py")
_SPEC = importlib.util.spec_from_file_location("fetch_mnist", _PATH)
fetch_mnist = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(fetch_mnist)


class FetchTest(unittest.TestCase):
    """Four small stand-in files take the place of MNIST; their checksums are put in the table."""

    def setUp(self):
        self.source = tempfile.mkdtemp()
        self.dest = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.source)
        self.addCleanup(shutil.rmtree, self.dest)
        self.files = {
            name: gzip.compress(name.encode() * 50, mtime=0) for name in fetch_mnist.FILES["mnist"]
        }
        os.mkdir(os.path.join(self.source, "mnist"))
        table = {}
        for name, data in self.files.items():
            self.put(name, data)
            table[name] = hashlib.sha256(data).hexdigest()
        self.real_table = fetch_mnist.FILES["mnist"]
        fetch_mnist.FILES["mnist"] = table
        self.addCleanup(fetch_mnist.FILES.__setitem__, "mnist", self.real_table)

    def put(self, name, data):
        with open(os.path.join(self.source, "mnist", name), "wb") as file:
            file.write(data)

    def run_fetch(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = fetch_mnist.main(["--dest", self.dest, "--from", self.source, *arguments])
        return status, out.getvalue(), err.getvalue()

    def fetched(self):
        folder = os.path.join(self.dest, "mnist")
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []

    def test_copies_every_file_from_a_local_folder(self):
        status, _, err = self.run_fetch()
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(self.fetched(), sorted(self.files))
        for name, data in self.files.items():
            with open(os.path.join(self.dest, "mnist", name), "rb") as file:
                self.assertEqual(file.read(), data)

    def test_takes_files_that_lie_flat_in_the_folder(self):
        for name in self.files:
            shutil.move(os.path.join(self.source, "mnist", name), self.source)
        self.assertEqual(self.run_fetch()[0], 0)
        self.assertEqual(self.fetched(), sorted(self.files))

    def test_keeps_what_is_there_and_verifies(self):
        self.run_fetch()
        shutil.rmtree(os.path.join(self.source, "mnist"))
        status, out, _ = self.run_fetch()
        self.assertEqual(status, 0)
        self.assertEqual(out.count(": present"), 4)

    def test_replaces_a_damaged_file_that_is_there(self):
        self.run_fetch()
        name = sorted(self.files)[0]
        with open(os.path.join(self.dest, "mnist", name), "wb") as file:
            file.write(b"damaged")
        self.assertEqual(self.run_fetch()[0], 0)
        with open(os.path.join(self.dest, "mnist", name), "rb") as file:
            self.assertEqual(file.read(), self.files[name])

    def expect_refused(self, name, words):
        status, _, err = self.run_fetch()
        self.assertEqual(status, 2)
        self.assertEqual(err.count("\n"), 1, err)
        for word in (name, words):
            self.assertIn(word, err)
        self.assertEqual(self.fetched(), sorted(set(self.files) - {name}))

    def test_refuses_a_corrupt_file(self):
        name = "t10k-images-idx3-ubyte.gz"
        data = bytearray(self.files[name])
        data[len(data) // 2] ^= 1
        self.put(name, bytes(data))
        self.expect_refused(name, "SHA-256")

    def test_refuses_a_truncated_file(self):
        name = "train-images-idx3-ubyte.gz"
        self.put(name, self.files[name][:-1])
        self.expect_refused(name, f"{len(self.files[name]) - 1} bytes")

    def test_names_a_missing_file(self):
        name = "train-labels-idx1-ubyte.gz"
        os.remove(os.path.join(self.source, "mnist", name))
        self.expect_refused(name, "no such file")

    def test_names_a_missing_folder(self):
        self.source = os.path.join(self.source, "nowhere")
        self.addCleanup(os.makedirs, self.source)  # so that the clean-up of setUp finds it
        status, _, err = self.run_fetch()
        self.assertEqual(status, 2)
        self.assertIn("no such folder", err)
        self.assertEqual(self.fetched(), [])

    def test_fetches_from_a_mirror(self):
        handler = functools.partial(_QuietHandler, directory=self.source)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                folder, self.source = self.source, f"http://127.0.0.1:{server.server_address[1]}"
                status, _, err = self.run_fetch()
                self.source = folder
            finally:
                server.shutdown()
                thread.join()
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(self.fetched(), sorted(self.files))

    def test_says_when_a_mirror_does_not_answer(self):
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _QuietHandler) as server:
            port = server.server_address[1]
        folder, self.source = self.source, f"http://127.0.0.1:{port}"
        status, _, err = self.run_fetch()
        self.source = folder
        self.assertEqual(status, 2)
        self.assertIn(f"127.0.0.1:{port}", err)
        self.assertIn("--from", err)
        self.assertEqual(self.fetched(), [])


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class OfficialFilesTest(unittest.TestCase):
    @unittest.skipUnless(
        os.environ.get("SYSTOLE_DATA"),
        "SYSTOLE_DATA is not set: export SYSTOLE_DATA=DIR enables this test",
    )
    def test_official_files_of_both_sets_verify(self):
        with tempfile.TemporaryDirectory() as dest, contextlib.redirect_stdout(io.StringIO()):
            status = fetch_mnist.main(
                ["--dest", dest, "--from", os.environ["SYSTOLE_DATA"], "--set", "all"]
            )
            self.assertEqual(status, 0)
            for dataset in fetch_mnist.FILES:
                self.assertEqual(len(os.listdir(os.path.join(dest, dataset))), 4)


if __name__ == "__main__":
    unittest.main()
