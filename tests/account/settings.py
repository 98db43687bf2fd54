"""What template.yaml would set, and the names of what the account contains."""

from __future__ import annotations

REGION = "us-east-1"
LANDING = "landing-test"
RESULTS = "results-test"
FINE_TUNED = "impressions-fine-tuned"
PRE_TRAINED = "impressions-pre-trained"
PROMPT_HEAD = "Generate radiology report impressions based on the following findings. Findings: "
BATCH_SIZE = 10
INVOCATION_MS = 900_000
# What template.yaml sets; Account adds the names of what it makes.
SETTINGS = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "LANDING_BUCKET": LANDING,
    "RESULTS_BUCKET": RESULTS,
    "IDEMPOTENCY_TABLE": "idempotency-test",
    "PROGRESS_TABLE": "progress-test",
    "FINE_TUNED_ENDPOINT": FINE_TUNED,
    "FINE_TUNED_MODEL_ID": "model-fine-tuned",
    "FINE_TUNED_MODEL_VERSION": "1",
    "FINE_TUNED_CODEC": "text2text-v1",
    "FINE_TUNED_PROMPT": PROMPT_HEAD + "{findings}",
    "FINE_TUNED_GENERATION": '{"max_length": 80, "num_beams": 10, "num_return_sequences": 1}',
    "CHUNK_RECORDS": "50",
    "MICRO_BATCH_RECORDS": "16",
    "MAX_FINDINGS_CHARACTERS": "20000",
    "MAX_OBJECT_BYTES": "150000000",
    "RETRY_DELAY_S": "30",
    "BASELINE_SENTENCE": "No acute cardiopulmonary abnormality.",
    "LOG_LEVEL": "INFO",
}
