from django.urls import include, path

from renjia.front import views
from renjia.records.accounts import views as accounts

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("sign-in/", accounts.SignIn.as_view(), name="sign_in"),
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("second-factor/", accounts.second_factor, name="second_factor"),
    path("me/", accounts.me, name="me"),
    path("me/grant/", accounts.use_grant, name="use_grant"),
    path("months/run/", views.run_month, name="run_month"),
    path("intake/", include("renjia.records.intake.urls")),
    path("births/", include("renjia.work.births.urls")),
    path("runs/", include("renjia.work.tasks.urls")),
    path("indicators/", include("renjia.measure.indicators.urls")),
    path("appraisal/", include("renjia.work.appraisal.urls")),
    path("reports/", include("renjia.work.reports.urls")),
    path("manage/places/", include("renjia.records.places.urls")),
    path("manage/accounts/", include("renjia.records.accounts.urls")),
    path("manage/access/", include("renjia.records.audit.urls")),
    path("api/", include("renjia.front.api")),
]
handler400 = "renjia.front.views.bad_request"
handler403 = "renjia.front.views.forbidden"
handler404 = "renjia.front.views.not_found"
handler500 = "renjia.front.views.failed"
