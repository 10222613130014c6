import json
import os
import threading
import unittest

from matmul_lens_runner.wire.lines import LineWriter, Oversized, parse_object, read_lines


def lines_of(*chunks: bytes, limit: int = 1000) -> list:
    reader, writer = os.pipe()

    def write() -> None:
        for chunk in chunks:
            os.write(writer, chunk)
        os.close(writer)

    thread = threading.Thread(target=write)
    thread.start()
    found = list(read_lines(reader, limit))
    thread.join()
    os.close(reader)
    return found


class ReadLines(unittest.TestCase):
    def test_lines_cut_anywhere_are_put_together(self) -> None:
        self.assertEqual(lines_of(b'{"a"', b": 1}\n{", b'"b": 2}\n'), [b'{"a": 1}', b'{"b": 2}'])

    def test_a_last_line_without_a_newline_is_no_line(self) -> None:
        self.assertEqual(lines_of(b"one\ntwo"), [b"one"])

    def test_an_oversized_line_is_dropped_and_the_next_one_read(self) -> None:
        found = lines_of(b"x" * 300_000 + b"\nnext\n", limit=1000)
        self.assertIsInstance(found[0], Oversized)
        self.assertEqual(found[0].length, 300_000)
        self.assertEqual(found[1:], [b"next"])

    def test_a_line_at_the_limit_is_read(self) -> None:
        self.assertEqual(lines_of(b"y" * 1000 + b"\n"), [b"y" * 1000])


class ParseObject(unittest.TestCase):
    def test_what_is_no_object_is_told(self) -> None:
        self.assertEqual(parse_object(b'{"a": 1}'), {"a": 1})
        self.assertEqual(parse_object(b"[1]"), "not a JSON object")
        self.assertIn("not JSON", parse_object(b"{"))
        self.assertIn("not JSON", parse_object(b"\xff\xfe"))
        self.assertIn("not JSON", parse_object(b"[" * 1_000_000))


class Writer(unittest.TestCase):
    def test_lines_of_several_threads_stay_whole(self) -> None:
        reader, outgoing = os.pipe()
        writer = LineWriter(outgoing)
        threads = [
            threading.Thread(target=lambda n=n: [writer.write({"n": n, "text": "z" * 5000}) for _ in range(20)])
            for n in range(4)
        ]
        found: list = []
        collector = threading.Thread(target=lambda: found.extend(read_lines(reader, 100_000)))
        collector.start()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        writer.close()
        collector.join()
        self.assertEqual(sorted(json.loads(line)["n"] for line in found), [n for n in range(4) for _ in range(20)])
        os.close(reader)

    def test_a_gone_reader_is_told_and_not_raised(self) -> None:
        reader, outgoing = os.pipe()
        os.close(reader)
        writer = LineWriter(outgoing)
        self.assertFalse(writer.write({"a": 1}))
        self.assertFalse(writer.write({"a": 2}))

    def test_what_json_lacks_is_a_bug(self) -> None:
        reader, outgoing = os.pipe()
        with self.assertRaises(ValueError):
            LineWriter(outgoing).write({"a": float("nan")})
        os.close(reader)
        os.close(outgoing)


if __name__ == "__main__":
    unittest.main()
