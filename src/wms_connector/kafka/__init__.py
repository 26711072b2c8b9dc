"""Topics: what a stage desires, the plan that leads there, and the thin client that applies it."""
