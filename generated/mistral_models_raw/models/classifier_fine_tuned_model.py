from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_array,
    as_boolean,
    as_constant,
    as_integer,
    as_object,
    as_string,
    as_strings,
)
from ..errors import DecodeError
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class ClassifierFineTunedModel(Open):
    """A fine-tuned model that classifies text."""

    id: str
    object: Literal["model"] = "model"
    created: int
    """ When the model was made, in seconds since 1970-01-01 UTC. """
    owned_by: str
    workspace_id: str
    root: str
    """ The id of the base model that was fine-tuned. """
    root_version: str
    archived: bool
    name: str | None = None
    description: str | None = None
    capabilities: FineTunedModelCapabilities
    """ What a fine-tuned model can do. """
    max_context_length: int = 32768
    """ The longest context, in tokens. """
    aliases: list[str] = _attrs_field(factory=list)
    """ Other ids under which the model is known. """
    job: str | None = None
    """ The id of the fine-tuning job that made the model. """
    classifier_targets: list[ClassifierTargetResult]
    model_type: Literal["classifier"] = "classifier"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 16:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["id"]
            self.id = v if v.__class__ is str else as_string(v, "id")
            v = fields["object"]
            self.object = v if v == "model" else as_constant(v, "object", "model", "model")
            v = fields["created"]
            self.created = v if v.__class__ is int else as_integer(v, "created")
            v = fields["owned_by"]
            self.owned_by = v if v.__class__ is str else as_string(v, "owned_by")
            v = fields["workspace_id"]
            self.workspace_id = v if v.__class__ is str else as_string(v, "workspace_id")
            v = fields["root"]
            self.root = v if v.__class__ is str else as_string(v, "root")
            v = fields["root_version"]
            self.root_version = v if v.__class__ is str else as_string(v, "root_version")
            v = fields["archived"]
            self.archived = v if v is False or v is True else as_boolean(v, "archived")
            v = fields["name"]
            self.name = v if v.__class__ is str or v is None else as_string(v, "name")
            v = fields["description"]
            self.description = v if v.__class__ is str or v is None else as_string(v, "description")
            v = fields["capabilities"]
            try:
                self.capabilities = FineTunedModelCapabilities.from_dict(v)
            except DecodeError as error:
                raise error.under("capabilities")
            v = fields["max_context_length"]
            self.max_context_length = v if v.__class__ is int else as_integer(v, "max_context_length", 32768)
            v = fields["aliases"]
            if v is None:
                self.aliases = []
            else:
                self.aliases = v if v.__class__ is list else as_array(v, "aliases")
                for v in self.aliases:
                    if v.__class__ is not str:
                        as_strings(self.aliases, "aliases")
            v = fields["job"]
            self.job = v if v.__class__ is str or v is None else as_string(v, "job")
            v = fields["classifier_targets"]
            classifier_targets_items: list[ClassifierTargetResult] = []
            for v in v if v.__class__ is list else as_array(v, "classifier_targets"):
                classifier_targets_item: ClassifierTargetResult
                try:
                    classifier_targets_item = ClassifierTargetResult.from_dict(v)
                except DecodeError as error:
                    raise error.under(f"classifier_targets[{len(classifier_targets_items)}]")
                classifier_targets_items.append(classifier_targets_item)
            self.classifier_targets = classifier_targets_items
            v = fields["model_type"]
            self.model_type = v if v == "classifier" else as_constant(v, "model_type", "classifier", "classifier")
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 16 else cls._unknown(fields)
        return self


ClassifierFineTunedModel._left_out = left_out(ClassifierFineTunedModel)

from ..models.classifier_target_result import ClassifierTargetResult
from ..models.fine_tuned_model_capabilities import FineTunedModelCapabilities
