"""The device layers, with frameworks that only describe devices: code for hardware that this machine lacks."""

import unittest
from types import SimpleNamespace

from matmul_lens_runner.worker.devices import choose_device
from matmul_lens_runner.worker.jax_side import device as jax_device
from matmul_lens_runner.worker.torch_side.device import TorchDevice, set_precision, torch_devices


class FakeTorch:
    """As much of torch as the device layer uses."""

    def __init__(self, gpus: int = 0, hip: str | None = None, mps: bool = False) -> None:
        self.calls: list[tuple] = []
        self.precision = "unset"
        self.version = SimpleNamespace(hip=hip, cuda=None if hip else "12.9")
        self.device = lambda name: f"device({name})"
        self.cuda = SimpleNamespace(
            is_available=lambda: gpus > 0,
            device_count=lambda: gpus,
            get_device_properties=lambda index: SimpleNamespace(name=f"GPU {index}", total_memory=80 * 10**9),
            synchronize=lambda handle: self.calls.append(("cuda.synchronize", handle)),
            mem_get_info=lambda handle: (30 * 10**9, 80 * 10**9),
            reset_peak_memory_stats=lambda handle: self.calls.append(("reset", handle)),
            max_memory_allocated=lambda handle: 123,
        )
        self.mps = SimpleNamespace(synchronize=lambda: self.calls.append(("mps.synchronize",)))
        self.backends = SimpleNamespace(
            mps=SimpleNamespace(is_available=lambda: mps), cudnn=SimpleNamespace(allow_tf32=True)
        )

    def set_float32_matmul_precision(self, precision: str) -> None:
        self.precision = precision

    def get_float32_matmul_precision(self) -> str:
        return self.precision


class Torch(unittest.TestCase):
    def test_devices_accelerators_first(self) -> None:
        self.assertEqual([each["id"] for each in torch_devices(FakeTorch())], ["cpu"])
        cuda = torch_devices(FakeTorch(gpus=2))
        self.assertEqual([(each["id"], each["kind"]) for each in cuda[:2]], [("cuda:0", "cuda"), ("cuda:1", "cuda")])
        self.assertEqual(cuda[0]["memory_bytes"], 80 * 10**9)
        self.assertEqual(torch_devices(FakeTorch(gpus=1, hip="6.4"))[0]["kind"], "rocm")
        self.assertEqual([each["id"] for each in torch_devices(FakeTorch(mps=True))], ["mps", "cpu"])

    def test_choosing(self) -> None:
        devices = torch_devices(FakeTorch(gpus=2))
        self.assertEqual(choose_device(devices, "auto")["id"], "cuda:0")
        self.assertEqual(choose_device(devices, "cuda:1")["id"], "cuda:1")
        self.assertEqual(choose_device(devices, "cpu")["id"], "cpu")
        self.assertIsNone(choose_device(devices, "mps"))

    def test_waiting_and_memory(self) -> None:
        torch = FakeTorch(gpus=1)
        device = TorchDevice(torch, torch_devices(torch)[0])
        self.assertFalse(device.is_cpu)
        device.synchronize()
        device.reset_peak_memory()
        self.assertEqual(torch.calls, [("cuda.synchronize", "device(cuda:0)"), ("reset", "device(cuda:0)")])
        self.assertEqual((device.peak_memory_bytes(), device.free_bytes()), (123, 30 * 10**9))
        self.assertTrue(device.driver().startswith("CUDA 12.9"))

    def test_apple_s_gpu_has_no_float64(self) -> None:
        torch = FakeTorch(mps=True)
        device = TorchDevice(torch, torch_devices(torch)[0])
        device.synchronize()
        self.assertEqual(torch.calls, [("mps.synchronize",)])
        self.assertEqual(device.reference_handle(), "device(cpu)")
        self.assertIsNone(device.peak_memory_bytes())

    def test_rocm_names_its_runtime(self) -> None:
        torch = FakeTorch(gpus=1, hip="6.4")
        self.assertEqual(TorchDevice(torch, torch_devices(torch)[0]).driver(), "ROCm 6.4")

    def test_the_cpu_is_never_waited_for(self) -> None:
        torch = FakeTorch(gpus=1)
        device = TorchDevice(torch, torch_devices(torch)[-1])
        device.synchronize()
        self.assertEqual(torch.calls, [])
        self.assertIsNone(device.free_bytes())

    def test_precision_is_reduced_only_where_tf32_exists(self) -> None:
        for gpus, hip, precision, expected in [
            (1, None, "highest", "highest"),
            (1, None, "tf32", "high"),
            (1, "6.4", "tf32", "highest"),
            (0, None, "tf32", "highest"),
        ]:
            torch = FakeTorch(gpus=gpus, hip=hip)
            flags = set_precision(torch, torch_devices(torch)[0], precision)
            self.assertEqual(flags["torch.float32_matmul_precision"], expected)
            self.assertEqual(torch.backends.cudnn.allow_tf32, expected == "high")


def jax_handle(platform: str, version: str = "", stats: dict | None = None, number: int = 0):
    return SimpleNamespace(
        platform=platform,
        device_kind=f"{platform} kind",
        local_hardware_id=number,
        id=number,
        client=SimpleNamespace(platform_version=version),
        memory_stats=lambda: stats,
    )


class FakeJax:
    """As much of JAX as the device layer uses."""

    def __init__(self, *handles) -> None:
        self._handles = list(handles)
        self.settings: dict = {}
        self.config = SimpleNamespace(update=self.settings.__setitem__)

    def local_devices(self, backend: str | None = None):
        return [jax_handle("cpu")] if backend == "cpu" else self._handles


class Jax(unittest.TestCase):
    def test_devices_and_the_cpu_always(self) -> None:
        jax = FakeJax(
            jax_handle("gpu", "PJRT CUDA 12.9", {"bytes_limit": 60}, 0), jax_handle("gpu", "PJRT CUDA 12.9", {}, 1)
        )
        found = [description for description, _ in jax_device.jax_devices(jax)]
        self.assertEqual(
            [(each["id"], each["kind"]) for each in found], [("cuda:0", "cuda"), ("cuda:1", "cuda"), ("cpu", "cpu")]
        )
        self.assertEqual(found[0]["memory_bytes"], 60)

    def test_kinds(self) -> None:
        (rocm, _), _ = jax_device.jax_devices(FakeJax(jax_handle("gpu", "PJRT rocm 60400")))
        (tpu, _), _ = jax_device.jax_devices(FakeJax(jax_handle("tpu", "libtpu", {})))
        self.assertEqual((rocm["id"], rocm["kind"]), ("cuda:0", "rocm"))
        self.assertEqual((tpu["id"], tpu["kind"]), ("tpu:0", "tpu"))

    def test_a_platform_of_no_kind_we_know_is_left_out(self) -> None:
        found = [description for description, _ in jax_device.jax_devices(FakeJax(jax_handle("neuron")))]
        self.assertEqual([each["id"] for each in found], ["cpu"])

    def test_a_high_water_mark_counts_only_where_it_rose(self) -> None:
        stats = {"bytes_limit": 100, "bytes_in_use": 30, "peak_bytes_in_use": 50}
        jax = FakeJax(jax_handle("gpu", "CUDA", stats))
        device = jax_device.JaxDevice(*jax_device.jax_devices(jax)[0])
        device.reset_peak_memory()
        self.assertIsNone(device.peak_memory_bytes())
        stats["peak_bytes_in_use"] = 70
        self.assertEqual((device.peak_memory_bytes(), device.free_bytes()), (70, 70))

    def test_precision_is_pinned_off_the_cpu(self) -> None:
        for platform, precision, expected in [
            ("cpu", "highest", None),
            ("gpu", "highest", "highest"),
            ("gpu", "tf32", "tensorfloat32"),
            ("tpu", "tf32", "highest"),
        ]:
            jax = FakeJax(jax_handle(platform, "CUDA", {}))
            jax_device.set_precision(jax, jax_device.jax_devices(jax)[0][0], precision, x64=False)
            self.assertEqual(jax.settings, {"jax_default_matmul_precision": expected, "jax_enable_x64": False})


if __name__ == "__main__":
    unittest.main()
