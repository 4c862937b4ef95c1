"""The company's letterhead, defaults, texts, logo and tax rates: for admins."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from betterform import clock, money
from betterform.actions import company as company_actions
from betterform.actions import tax_rates
from betterform.actions.logo import prepare_logo
from betterform.db import db, transaction
from betterform.errors import InvalidInput, NotFound
from betterform.forms.company import CompanyChoices, CompanyForm, LogoForm
from betterform.forms.tax_rate import TaxRateForm
from betterform.models.company import Company
from betterform.models.tax_rate import TaxCategory, TaxRate
from betterform.models.user import Role
from betterform.views import access

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("")
@access.may(Role.ADMIN)
def index() -> ResponseReturnValue:
    """The company as it stands."""
    company = company_actions.get_company(db.session())
    form = CompanyForm(_choices(), obj=company)
    form.chf_rounding.data = company.chf_rounding_step is not None
    form.default_tax_rate_id.data = str(company.default_tax_rate_id or "")
    return _company_page(form, LogoForm())


@blueprint.post("")
@access.may(Role.ADMIN)
def save() -> ResponseReturnValue:
    """Keep what was typed, or show it again with what does not fit."""
    form = CompanyForm(_choices())
    if not form.validate_on_submit():
        return _company_page(form, LogoForm(formdata=None), 422)
    with transaction() as session:
        company_actions.change(session, form.values(), by=access.author(), at=clock.now())
    flash("The company's data are saved.", "success")
    return redirect(url_for("settings.index"))


@blueprint.get("/logo")
@access.may(Role.VIEWER)
def logo() -> ResponseReturnValue:
    """The logo as it is printed."""
    company = company_actions.get_company(db.session())
    if company.logo is None:
        raise NotFound("There is no logo yet.")
    picture = Response(company.logo, mimetype=company.logo_type)
    # An SVG opened on its own is a document: it may run nothing.
    picture.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return picture


@blueprint.post("/logo")
@access.may(Role.ADMIN)
def set_logo() -> ResponseReturnValue:
    """Take a new logo."""
    form = LogoForm()
    try:
        upload = form.logo.data.read() if form.validate_on_submit() and form.logo.data else b""
        picture, media_type = prepare_logo(upload)
    except InvalidInput as error:
        show_messages(form, error)
        company = company_actions.get_company(db.session())
        return _company_page(CompanyForm(_choices(), formdata=None, obj=company), form, 422)
    with transaction() as session:
        company_actions.set_logo(session, picture, media_type, by=access.author(), at=clock.now())
    flash("The logo is saved: new documents carry it.", "success")
    return redirect(url_for("settings.index", _anchor="logo-card"))


@blueprint.post("/logo/removal")
@access.may(Role.ADMIN)
def remove_logo() -> ResponseReturnValue:
    """Take the logo off the letterhead."""
    with transaction() as session:
        company_actions.set_logo(session, None, "", by=access.author(), at=clock.now())
    flash("The logo is removed.", "success")
    return redirect(url_for("settings.index", _anchor="logo-card"))


@blueprint.get("/tax-rates")
@access.may(Role.ADMIN)
def tax_rate_list() -> ResponseReturnValue:
    """All tax rates, and a form for another one."""
    return _tax_rate_page(TaxRateForm())


@blueprint.post("/tax-rates")
@access.may(Role.ADMIN)
def add_tax_rate() -> ResponseReturnValue:
    """Make a new tax rate."""
    form = TaxRateForm()
    if not form.validate_on_submit():
        return _tax_rate_page(form, 422)
    try:
        with transaction() as session:
            tax_rates.add(
                session,
                name=form.name.data,
                percent=form.percent.data or Decimal(0),
                category=TaxCategory(form.category.data),
                exemption=form.exemption.data,
                by=access.author(),
                at=clock.now(),
            )
    except InvalidInput as error:
        show_messages(form, error)
        return _tax_rate_page(form, 422)
    flash("The tax rate is added.", "success")
    return redirect(url_for("settings.tax_rate_list"))


@blueprint.post("/tax-rates/<int:rate_id>/archive")
@access.may(Role.ADMIN)
def archive_tax_rate(rate_id: int) -> ResponseReturnValue:
    """Offer the rate no more."""
    with transaction() as session:
        tax_rates.archive(session, tax_rates.get(session, rate_id), by=access.author(), at=clock.now())
    flash("The tax rate is archived: documents that use it keep it.", "success")
    return redirect(url_for("settings.tax_rate_list"))


@blueprint.post("/tax-rates/<int:rate_id>/restore")
@access.may(Role.ADMIN)
def restore_tax_rate(rate_id: int) -> ResponseReturnValue:
    """Offer the rate again."""
    with transaction() as session:
        tax_rates.restore(session, tax_rates.get(session, rate_id), by=access.author(), at=clock.now())
    flash("The tax rate can be chosen again.", "success")
    return redirect(url_for("settings.tax_rate_list"))


def show_messages(form: FlaskForm, error: InvalidInput) -> None:
    """Put an action's messages beside the fields they name."""
    for name, message in error.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, message]


def _company_page(form: CompanyForm, logo_form: LogoForm, status: int = 200) -> ResponseReturnValue:
    company: Company = company_actions.get_company(db.session())
    return render_template("settings/index.html", form=form, logo_form=logo_form, company=company), status


def _tax_rate_page(form: TaxRateForm, status: int = 200) -> ResponseReturnValue:
    company = company_actions.get_company(db.session())
    rates = tax_rates.all_rates(db.session())
    return render_template("settings/tax_rates.html", form=form, rates=rates, company=company), status


def _choices() -> CompanyChoices:
    return CompanyChoices(rates=[(rate.id, _label(rate)) for rate in tax_rates.open_rates(db.session())])


def _label(rate: TaxRate) -> str:
    return f"{rate.name} {money.format_percent(rate.percent, 'en')}"
