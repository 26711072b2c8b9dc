"""Sizes of a stage's tasks: what Fargate offers, and the heap that fits into a container."""

from __future__ import annotations

from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

MIB_PER_GIB: Final = 1024
# CPU units -> memory sizes in MiB (Fargate's task size table for Linux, platform 1.4).
FARGATE_MEMORY: Final[dict[int, tuple[int, ...]]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}
HEAP_SHARE: Final = 0.6
"""Of the container's memory; the rest is for direct buffers, metaspace, threads, the AOT cache."""


class Sizing(BaseModel):
    """Task and container: CPU units (1024 = one processor) and MiB; number of workers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpu: int = 1024
    memory: int = 3072
    container_cpu: int = Field(default=512, ge=128)
    container_memory: int = Field(default=2560, ge=1024)
    workers: int = Field(default=1, ge=1, le=20)

    @property
    def heap_mib(self) -> int:
        """MiB of Java heap that leave the container room for what is not heap."""
        return int(self.container_memory * HEAP_SHARE)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.cpu not in FARGATE_MEMORY:
            raise ValueError(f"cpu {self.cpu} is not offered by Fargate: {_list(FARGATE_MEMORY)}")
        offered = FARGATE_MEMORY[self.cpu]
        if self.memory not in offered:
            raise ValueError(
                f"memory {self.memory} is not offered by Fargate with cpu {self.cpu}: "
                f"{_list(offered)}"
            )
        if self.container_cpu > self.cpu:
            raise ValueError(f"container_cpu {self.container_cpu} is above the task's {self.cpu}")
        if self.container_memory > self.memory:
            raise ValueError(
                f"container_memory {self.container_memory} is above the task's {self.memory}"
            )
        return self


PRODUCTION: Final = Sizing(cpu=2048, memory=6144, container_cpu=2048, container_memory=4096)
DEFAULT: Final = Sizing()


def _list(values: object) -> str:
    return "allowed are " + ", ".join(str(value) for value in values)  # type: ignore[attr-defined]
