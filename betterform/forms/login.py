"""What a person types to sign in."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from betterform.forms.fields import TextLine


class LoginForm(FlaskForm):
    """E-mail address, password and where to go afterwards."""

    email = TextLine("E-mail address", longest=320, validators=[InputRequired("Enter your e-mail address.")])
    password = PasswordField(
        "Password",
        validators=[InputRequired("Enter your password."), Length(max=1000, message="This is too long.")],
    )
    next = HiddenField()
