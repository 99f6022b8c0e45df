"""账号与授权 — hands: who signs in, in which role, over which place, for which purpose, until when."""
