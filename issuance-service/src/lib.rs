//! The register of issued documents; records become signed personalisation jobs.
