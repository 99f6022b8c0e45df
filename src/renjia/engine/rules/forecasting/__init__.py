"""预测 — target population and budget of coming years by microsimulation."""
