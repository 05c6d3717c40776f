from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..decoding import (
    as_array,
    as_number,
    as_object,
    as_string,
    as_strings,
)
from ..types import Open, left_out


@_attrs_define(kw_only=True, repr=False)
class ClassifierTargetResult(Open):
    """One question that a classifier answers."""

    name: str
    labels: list[str]
    weight: float
    loss_function: FTClassifierLossFunction | str
    """ How a classifier was trained. The service may use values that are not listed; the client keeps them. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        fields = src_dict if src_dict.__class__ is dict else dict(as_object(src_dict))
        if len(fields) != 4:
            fields = {**cls._left_out, **fields}
        self = object.__new__(cls)
        try:
            v = fields["name"]
            self.name = v if v.__class__ is str else as_string(v, "name")
            v = fields["labels"]
            self.labels = v if v.__class__ is list else as_array(v, "labels")
            for v in self.labels:
                if v.__class__ is not str:
                    as_strings(self.labels, "labels")
            v = fields["weight"]
            self.weight = v if v.__class__ is float else as_number(v, "weight")
            v = fields["loss_function"]
            self.loss_function = v if v.__class__ is str else as_string(v, "loss_function")
        except KeyError:
            return cls.from_dict({**cls._left_out, **fields})
        self.additional_properties = {} if len(fields) == 4 else cls._unknown(fields)
        return self


ClassifierTargetResult._left_out = left_out(ClassifierTargetResult)

from ..models.ft_classifier_loss_function import FTClassifierLossFunction
