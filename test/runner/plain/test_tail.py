import unittest

from matmul_lens_runner.coordinator.tail import Tail


class TailOfOutput(unittest.TestCase):
    def test_memory_stays_bounded_and_the_end_is_kept(self) -> None:
        tail = Tail(limit=1000)
        for number in range(10_000):
            tail.add(f"line {number}\n".encode())
        text = tail.text()
        self.assertTrue(text.endswith("line 9999\n"))
        self.assertTrue(text.startswith("["))
        self.assertIn("bytes left out", text.splitlines()[0])
        self.assertLess(len(text), 1100)

    def test_terminal_escapes_and_controls_are_stripped(self) -> None:
        tail = Tail()
        tail.add(b"\x1b[31mred\x1b[0m \x1b]0;title\x07bell\x07 nul\x00 back\x08 \x9b31m caf\xc3\xa9\r\nnext\rsame")
        text = tail.text()
        self.assertEqual([c for c in text if ord(c) < 32 and c not in "\n\t"], [])
        self.assertNotIn("\x1b", text)
        self.assertIn("red bell nul back", text)
        self.assertIn("café\nnext\nsame", text)

    def test_a_cut_character_does_no_harm(self) -> None:
        tail = Tail(limit=3)
        tail.add("éé".encode())
        self.assertTrue(tail.text().endswith("é"))


if __name__ == "__main__":
    unittest.main()
