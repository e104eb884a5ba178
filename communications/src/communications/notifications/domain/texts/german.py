"""German."""

from communications.notifications.domain.texts.wording import Language, Term, Text

GERMAN = Language(
    tag="de",
    date="{day}. {month} {year}",
    months=(
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    greeting="Guten Tag {name},",
    greeting_without_name="Guten Tag,",
    digest=Text(
        title="{count} Benachrichtigungen",
        content="Das ist inzwischen geschehen:",
        sms="{count} neue Benachrichtigungen: {first} ...",
    ),
    terms={
        Term.YOUR_ORDER: "Ihre Bestellung",
        Term.YOUR_GIFT: "Ihre Spende",
        Term.GOODS: "Beleg {number} zu Ihrer Bestellung vom {day}",
        Term.DONATIONS: "Beleg {number} zu Ihrer Spende vom {day}",
        Term.SHIPPING: "Versand",
        Term.TOTAL: "Summe",
        Term.SENT_TO: "Wir senden sie an:",
        Term.SOMEBODY: "Jemand",
        Term.GIFT_AID: (
            "Sie haben eine Gift-Aid-Erklärung abgegeben: Für jedes gespendete Pfund erhalten wir 25 Pence von HMRC, "
            "ohne Kosten für Sie. Bitte sagen Sie uns Bescheid, wenn Sie nicht mehr genug Einkommen- oder "
            "Kapitalertragsteuer zahlen."
        ),
        Term.MAY_BE_CHANGED: "Welche E-Mails Sie wann bekommen, bestimmen Sie in Ihren Einstellungen.",
        Term.IS_ALWAYS_SENT: "E-Mails dieser Art senden wir immer, unabhängig von Ihren Einstellungen.",
    },
    texts={
        "order-paid": Text(
            title="Danke für {bought} {number}",
            content="Wir haben {total} erhalten.",
            sms="Danke, wir haben {total} erhalten (Bestellung {number}). Ihr Beleg kommt per E-Mail.",
        ),
        "order-fulfilled": Text(
            title="Ihre Bestellung {number} ist unterwegs",
            content="Wir haben sie zur Zustellung übergeben.",
            sms="Ihre Bestellung {number} ist unterwegs.",
        ),
        "order-cancelled": Text(
            title="Ihre Bestellung {number} wurde storniert",
            content="Was Sie bezahlt haben, bekommen Sie zurück.",
        ),
        "order-refunded": Text(
            title="Eine Erstattung zu Ihrer Bestellung {number}",
            content="Wir haben {amount} erstattet. Bis Ihre Bank das anzeigt, können einige Tage vergehen.",
        ),
        "donation-received": Text(
            title="Danke für Ihre Spende",
            content="Wir haben Ihre Spende von {amount} erhalten. Vielen Dank!",
        ),
        "message-received": Text(
            title="{sender} hat Ihnen geschrieben",
            content="Lesen und antworten können Sie auf unserer Website.",
        ),
        "ticket-answered": Text(
            title="Wir haben Ihre Frage {number} beantwortet",
            content="Lesen und antworten können Sie auf unserer Website.",
        ),
        "ticket-closed": Text(
            title="Wie zufrieden sind Sie mit unserer Antwort auf Ihre Frage {number}?",
            content="Die Frage ist abgeschlossen. Auf unserer Website können Sie uns sagen, wie zufrieden Sie sind.",
        ),
        "stock-low": Text(
            title="Geringer Bestand: {name}",
            content="Noch vorrätig: {stock}.",
        ),
        "email-changed": Text(
            title="Ihre E-Mail-Adresse wurde geändert",
            content="Ab jetzt schreiben wir an Ihre neue Adresse.",
            sms="Ihre E-Mail-Adresse wurde geändert. Waren Sie das nicht? Bitte melden Sie sich sofort.",
            more=("Waren Sie das nicht? Bitte melden Sie sich sofort bei uns.",),
        ),
        "phone-changed": Text(
            title="Ihre Telefonnummer wurde geändert",
            content="Ab jetzt verwenden wir Ihre neue Nummer.",
            sms="Ihre Telefonnummer wurde geändert. Waren Sie das nicht? Bitte melden Sie sich sofort.",
            more=("Waren Sie das nicht? Bitte melden Sie sich sofort bei uns.",),
        ),
        "news": Text(title="{title}", content="{content}", sms="{title}"),
    },
)
