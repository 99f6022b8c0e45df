# 人家 renjia. `make` lists what can be done.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3.11
UV_VERSION := 0.13.9
export UV_PROJECT_ENVIRONMENT := .venv
export PYTHONUTF8 := 1
UV := .tools/bin/uv
RUN := .venv/bin
SHARED ?=
MILLION ?=

.PHONY: help install assets demo serve test check test-slow test-e2e test-spark bench bench-linkage bench-rules bench-scoring bench-demography bench-indicators bench-srb docs clean

help: ## 列出可做的事
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

.tools/bin/uv:
	@command -v $(PYTHON) >/dev/null || { echo "需要 Python 3.11（或设 PYTHON=…）"; exit 1; }
	@$(PYTHON) -m venv .tools && .tools/bin/python -m pip install --quiet uv==$(UV_VERSION)

# The stamps say what was installed; they are older than the lock files as soon as those change.
.venv/installed: uv.lock pyproject.toml | .tools/bin/uv
	@echo "安装依赖 …"; start=$$(date +%s); $(UV) sync --frozen --quiet --python $(PYTHON) --all-groups && \
	  echo "依赖已装好（下载与安装 $$(( $$(date +%s) - start )) 秒）" && touch $@

.venv/assets: package-lock.json src/renjia/front/assets.py | .venv/installed
	@$(RUN)/python -m renjia.front.assets && touch $@

install: .venv/installed ## 安装依赖
assets: .venv/assets ## 取来页面与公文用的字体、样式、图表

demo: .venv/installed .venv/assets ## 演示：造一个合成区，跑六个月，打开网页
	@$(RUN)/renjia demo

serve: .venv/installed .venv/assets ## 正式运行：网页、作业、数据库一起看护
	@$(RUN)/renjia serve

test: .venv/installed .venv/assets ## 快测试（十分钟以内）
	@$(RUN)/pytest -q -n 2 --dist loadfile -m "not slow and not shared and not e2e and not spark"

check: .venv/installed .venv/assets ## 格式、类型、楼层、迁移、定义页
	@$(RUN)/ruff check src tests bench
	@$(RUN)/ruff format --check src tests bench
	@$(RUN)/lint-imports
	@$(RUN)/mypy
	@$(RUN)/djlint --quiet --lint src/renjia
	@$(RUN)/yamllint --strict src/renjia/definitions
	@$(RUN)/renjia check

test-slow: .venv/installed .venv/assets ## 慢测试：崩溃、全量、样例数据（SHARED=../shared）
	@SHARED=$(SHARED) $(RUN)/pytest -q -m "slow or shared"

test-e2e: .venv/installed .venv/assets ## 浏览器走一遍（要 Debian 的 chromium）
	@$(RUN)/pytest -q -m e2e

test-spark: .venv/installed ## 与 Spark 对照（要 Java 17；第一次要下载 pyspark）
	@if [ -z "$$JAVA_HOME" ] && ! command -v java >/dev/null; then \
	  echo "test-spark：没有找到 Java。Debian 上装 openjdk-17-jre-headless，或设 JAVA_HOME。未运行任何测试。"; exit 1; fi
	@$(UV) sync --frozen --quiet --python $(PYTHON) --all-groups --extra spark
	@$(RUN)/pytest -q -m spark

bench: .venv/installed ## 速度：每月一轮（其余见 bench-*）
	@SHARED=$(SHARED) $(RUN)/python bench/month.py

bench-linkage: .venv/installed ## 速度与准确：对账与同行比（MILLION=1 百万出生）、逐月、人员去重（febrl）、预期出生
	@for p in naive deterministic splink; do (cd bench/peers/$$p && UV_PROJECT_ENVIRONMENT=.venv ../../../$(UV) sync --frozen --quiet --python $(PYTHON)) || exit 1; done
	@$(RUN)/python bench/linkage.py $(if $(MILLION),--million --rounds 3)
	@PYTHONPATH=tests $(RUN)/python bench/linkage_months.py
	@cd bench/peers/recordlinkage && UV_PROJECT_ENVIRONMENT=.venv ../../../$(UV) sync --frozen --quiet --python $(PYTHON)
	@PYTHONPATH=tests $(RUN)/python bench/persons.py
	@PYTHONPATH=tests $(RUN)/python bench/expected_births.py

bench-rules: .venv/installed ## 速度：百万人判定，与 OpenFisca 比
	@cd bench/peers/openfisca && UV_PROJECT_ENVIRONMENT=.venv ../../../$(UV) sync --frozen --quiet --python $(PYTHON)
	@$(RUN)/python bench/rules.py

bench-scoring: .venv/installed ## 速度：四万个街镇评分、两百个假设
	@$(RUN)/python bench/scoring.py

bench-demography: .venv/installed ## 速度：36 处 × 1000 条路径 × 30 年预测，与 numpy 循环比
	@SHARED=$(SHARED) $(RUN)/python bench/demography.py

bench-indicators: .venv/installed ## 速度：两千五百万行上的指标
	@$(RUN)/python bench/indicators.py

bench-srb: .venv/installed ## 性别比图的误报与发现（重写 docs 里的表）
	@$(RUN)/python bench/sex_ratio.py --write

docs: .venv/installed .venv/assets ## 生成手册里的参考页
	@$(RUN)/renjia docs

clean: ## 删去演示与测试数据（不动正式数据 var/home）
	@rm -rf var/demo var/test test-results
