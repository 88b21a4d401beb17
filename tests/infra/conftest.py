"""What Terraform makes of dev, of prod, of a third environment and of the bootstrap, once a session."""

from __future__ import annotations

import pytest

from tests.infra.applied import Environment, ProviderUnavailable, apply_environments


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Environment]:
    """All of them by name; skips where terraform or its provider is missing."""
    try:
        return apply_environments(tmp_path_factory.mktemp("terraform"))
    except ProviderUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(params=["dev", "prod"])
def environment(request: pytest.FixtureRequest, environments: dict[str, Environment]) -> Environment:
    """Each environment in turn."""
    return environments[request.param]


@pytest.fixture
def bootstrap(environments: dict[str, Environment]) -> Environment:
    """What is made once per project."""
    return environments["bootstrap"]
