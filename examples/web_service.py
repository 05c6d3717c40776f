"""List models at an endpoint of FastAPI, with one client for the life of the service.

It needs fastapi and uvicorn.

    uvicorn --app-dir examples web_service:app
    curl 'http://127.0.0.1:8000/models?capability=vision'
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from mistral_models import Mistral, errors, models


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Mistral]]:
    """Keep the connections open between requests, and close them at the end."""
    async with Mistral(timeout_ms=10_000) as mistral:
        yield {"mistral": mistral}


app = FastAPI(lifespan=lifespan)


@app.get("/models")
async def list_models(request: Request, capability: str | None = None) -> list[models.ModelListData]:
    """List the models, or those with a capability, as the service describes them."""
    found = await request.state.mistral.models.list_async()
    return [card for card in found.data if capability is None or has_capability(card, capability)]


def has_capability(card: models.ModelListData, capability: str) -> bool:
    """Tell whether a model has a capability, also one that this release does not know."""
    return not isinstance(card, models.UnknownModelCard) and card.capabilities.to_dict().get(capability) is True


@app.exception_handler(errors.MistralError)
async def upstream_failed(_: Request, error: errors.MistralError) -> JSONResponse:
    """Respond with the error message; it never contains the API key."""
    return JSONResponse({"detail": error.message}, status_code=502)
