"""The cost estimate reckons with the instances that Terraform deploys."""

from __future__ import annotations

from samo.cost.estimate import shipped_price_list
from tests.infra.applied import Environment

_GIB = {"Mi": 1 / 1024, "Gi": 1.0}


def test_the_price_list_has_the_sizes_of_the_deployed_functions(environment: Environment) -> None:
    """VCPU and memory, function by function; there is one truth, and it is Terraform's."""
    for stage, size in shipped_price_list().functions.items():
        service = environment.function(stage).block("service_config")
        memory = service["available_memory"]

        assert str(size.vcpu) == service["available_cpu"], stage
        assert float(memory[:-2]) * _GIB[memory[-2:]] == size.gib, stage
