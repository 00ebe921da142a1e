"""Tests in a real Chromium: what a person at the desk sees, loses and gets back."""
