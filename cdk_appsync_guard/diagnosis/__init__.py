"""Captures of what went wrong → what happened, why, and what to change.

    files ─open_file→ pieces ─recognize→ a kind ─har, log_events, trail, http_text ...→ Exchanges
    Exchanges + what the template says ─judge→ Diagnoses ─summary→ Outcome

Nothing is asked of AWS. Nothing secret leaves a reader: what is shown of a secret is a stub.
"""
