"""What makes a PDF archivable (PDF/A-3a) and accessible (PDF/UA-1) beyond what WeasyPrint writes.

The extension schema is required by ISO 19005-3, 6.6.2.3, because PDF/A does not know `pdfuaid`.
"""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from weasyprint.css import ColorProfile
from weasyprint.pdf.metadata import DocumentMetadata

from betterform.documents.glyphs import name_glyphs

VARIANT = "pdf/a-3a"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

UA_DESCRIPTIONS = f"""
<rdf:RDF xmlns:rdf="{RDF}"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
  <rdf:Description rdf:about="" pdfuaid:part="1"/>
  <rdf:Description rdf:about="">
    <pdfaExtension:schemas>
      <rdf:Bag>
        <rdf:li rdf:parseType="Resource">
          <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
          <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
          <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
          <pdfaSchema:property>
            <rdf:Seq>
              <rdf:li rdf:parseType="Resource">
                <pdfaProperty:name>part</pdfaProperty:name>
                <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
                <pdfaProperty:category>internal</pdfaProperty:category>
                <pdfaProperty:description>Part of ISO 14289 that the document follows</pdfaProperty:description>
              </rdf:li>
            </rdf:Seq>
          </pdfaSchema:property>
        </rdf:li>
      </rdf:Bag>
    </pdfaExtension:schemas>
  </rdf:Description>
</rdf:RDF>
"""

for _prefix, _address in (
    ("pdfaExtension", "http://www.aiim.org/pdfa/ns/extension/"),
    ("pdfaSchema", "http://www.aiim.org/pdfa/ns/schema#"),
    ("pdfaProperty", "http://www.aiim.org/pdfa/ns/property#"),
):
    ElementTree.register_namespace(_prefix, _address)


class Metadata(DocumentMetadata):
    """Writes one rdf:RDF that claims PDF/UA-1 beside PDF/A; WeasyPrint's own way would append a second."""

    @classmethod
    def of(cls, metadata: DocumentMetadata) -> Metadata:
        """The same facts about a document, to be written in this way."""
        return cls(**vars(metadata))

    def generate_rdf_metadata(self, variant: str, version: int, conformance: str) -> bytes:
        """The RDF as a byte string. Called by WeasyPrint."""
        tree = ElementTree.fromstring(  # noqa: S314, it is WeasyPrint's own
            super().generate_rdf_metadata(variant, version, conformance)
        )
        tree.extend(ElementTree.fromstring(UA_DESCRIPTIONS))  # noqa: S314, it is ours
        written: bytes = ElementTree.tostring(tree, encoding="utf-8")
        return written


class StandardColours(ColorProfile):
    """The colour space sRGB, which PDF/A wants named, from the file that WeasyPrint brings along.

    WeasyPrint would open the file anew for every document and leave the closing to the garbage collector;
    and the colour library writes a profile differently the second time, so the file is kept as it is.
    """

    content = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()

    def __init__(self) -> None:
        super().__init__(
            BytesIO(self.content), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"])
        )


def finish(_document: Any, pdf: Any) -> None:
    """Put right what WeasyPrint leaves out. A `finisher`: called just before the PDF is written."""
    _name_attachments_once(pdf)
    name_glyphs(pdf)
    _give_headers_their_scope(pdf)


def _name_attachments_once(pdf: Any) -> None:
    """WeasyPrint lists every attachment twice among the associated files of the catalogue."""
    if "AF" in pdf.catalog:
        once = dict.fromkeys(pdf.catalog["AF"])
        pdf.catalog["AF"][:] = list(once)


def _give_headers_their_scope(pdf: Any) -> None:
    """A header cell says whether it heads a column (inside THead) or a row (ISO 32000-1, table 349)."""
    for element in pdf.objects:
        if isinstance(element, dict) and element.get("S") == "/TH":
            group = _parent(pdf, _parent(pdf, element))
            element["A"]["Scope"] = "/Column" if group.get("S") == "/THead" else "/Row"


def _parent(pdf: Any, element: Any) -> Any:
    return pdf.objects[int(element["P"].split()[0])]
