import unittest

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.worker.passing import Passing, plan_passing


def plain(x, y, z=3):
    return x, y, z


def keyword_only(x, *, mask=None, scale=1.0):
    return x, mask, scale


def positional_only(x, y=1, z=2, /):
    return x, y, z


class ModuleLike:
    def __call__(self, *arguments, **keywords):
        return self.forward(*arguments, **keywords)

    def forward(self, x, *, mask):
        return x, mask


class PlanPassing(unittest.TestCase):
    def test_positions_in_the_order_listed(self) -> None:
        self.assertEqual(plan_passing(plain, [("x", True), ("y", True)]), Passing(("x", "y"), ()))

    def test_keyword_only_parameters(self) -> None:
        self.assertEqual(plan_passing(keyword_only, [("x", True), ("mask", True)]), Passing(("x",), ("mask",)))
        self.assertEqual(
            plan_passing(keyword_only, [("x", True), ("mask", False), ("scale", True)]), Passing(("x",), ("scale",))
        )

    def test_a_module_is_read_by_its_forward(self) -> None:
        self.assertEqual(plan_passing(ModuleLike(), [("x", True), ("mask", True)]), Passing(("x",), ("mask",)))

    def test_what_follows_a_default_goes_by_keyword(self) -> None:
        self.assertEqual(plan_passing(plain, [("x", True), ("y", False), ("z", True)]), Passing(("x",), ("z",)))

    def test_unless_it_cannot(self) -> None:
        self.assertIsInstance(plan_passing(positional_only, [("x", True), ("y", False), ("z", True)]), Failure)

    def test_without_a_signature_all_go_by_position(self) -> None:
        self.assertEqual(plan_passing(dict.get, [("a", True), ("b", True)], skip=0).positional, ("a", "b"))


if __name__ == "__main__":
    unittest.main()
