# For people; CMake does the work. `make help` lists the targets.
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc)
RELEASE := build/release
PROGRAM := $(RELEASE)/whydown
REPORT := build/report
EXAMPLE := examples/logs/dns-port-unreachable.log
CASE := examples/cases/recipes.toml
SEEDS ?= 1,2,3
SCENARIOS ?= *
LANES ?= 8

.DEFAULT_GOAL := all
.PHONY: all help test report install bench asan fuzz lint format docs examples lab lab-probe clean

help:
	@echo "make            build the program ($(PROGRAM))"
	@echo "make test       set everything up and run all tests"
	@echo "make report     write the incident report of the example log to $(REPORT)/"
	@echo "make install    install program and man page below PREFIX ($(PREFIX))"
	@echo "make bench      time the program against an empty libpcap loop"
	@echo "make asan       run the tests under address and undefined-behaviour sanitizers"
	@echo "make fuzz       run every fuzzer for FUZZ_SECONDS (default 60) each"
	@echo "make lint       clang-format, clang-tidy, shellcheck and pyflakes"
	@echo "make docs       regenerate docs/faults/ and docs/facts.md"
	@echo "make lab-probe  let the probe loose on the lab's faults, and score it (root)"
	@echo "make lab        break real servers in every way, capture, diagnose and score (root; SEEDS=1,2,3)"
	@echo "make examples   make the example captures again (root; real servers in namespaces)"

# Without the tests (and what they need), unless `make test` has set them up already.
all:
	@scripts/setup.sh build
	@test -f $(RELEASE)/CMakeCache.txt || cmake --preset release -DWHYDOWN_TESTS=OFF >/dev/null
	@cmake --build --preset release --target whydown -j $(JOBS)

test:
	@scripts/setup.sh build test
	@cmake --preset release -DWHYDOWN_TESTS=ON >/dev/null
	@cmake --build --preset release -j $(JOBS)
	@ctest --preset release -j $(JOBS)
	@cat $(RELEASE)/page_test.skipped 2>/dev/null || true

# Status 1 of the program means: an incident was found, which is what the example holds.
report: all
	@mkdir -p $(REPORT)
	@for format in html md json; do \
	  $(PROGRAM) report $(EXAMPLE) -f $$format -o $(REPORT)/incident.$$format; test $$? -eq 1 || exit 1; done
	@$(PROGRAM) report $(EXAMPLE) --template worksheet -o $(REPORT)/worksheet.md; test $$? -eq 1
	@$(PROGRAM) report $(EXAMPLE) --case $(CASE) -o $(REPORT)/case.html; test $$? -eq 1
	@$(PROGRAM) report $(EXAMPLE) --case $(CASE) --for supervisor -o $(REPORT)/supervisor.html; test $$? -eq 1
	@$(PROGRAM) $(EXAMPLE) | tee $(REPORT)/incident.txt
	@echo "Written to $(REPORT)/: incident.html incident.md incident.json worksheet.md case.html supervisor.html incident.txt"

install: all
	cmake --install $(RELEASE) --prefix $(PREFIX)

bench:
	@scripts/setup.sh build bench
	@cmake --preset bench >/dev/null
	@cmake --build --preset bench -j $(JOBS)
	@python3 -B bench/run.py --build build/bench

asan:
	@scripts/setup.sh build test fuzz
	@cmake --preset asan >/dev/null
	@cmake --build --preset asan -j $(JOBS)
	@ctest --preset asan -j $(JOBS)

fuzz:
	@scripts/setup.sh build fuzz
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz -j $(JOBS)
	@scripts/fuzz.sh build/fuzz $${FUZZ_SECONDS:-60}

lint:
	@scripts/setup.sh build test lint
	@cmake --preset dev >/dev/null
	@scripts/lint.sh build/dev

format:
	@clang-format-19 -i $$(git ls-files 'src/*.h' 'src/*.cpp' 'fuzz/*.cpp' 'bench/*.cpp' 'docs/*.cpp')

docs: all
	@cmake --build --preset release --target generate_pages -j $(JOBS)
	@$(RELEASE)/generate_pages docs

examples:
	@scripts/setup.sh examples
	@examples/make-all.sh examples/captures

# Status 1 of the runner means: some runs could not be made. They are named and missing from the
# score, and stop nothing.
lab: all
	@scripts/setup.sh lab
	@rm -rf build/lab
	@python3 -B lab/run.py --out build/lab --seeds $(SEEDS) --scenario '$(SCENARIOS)' --jobs $(LANES); test $$? -le 1
	@python3 -B lab/score.py build/lab --whydown $(PROGRAM)

# The probe against the lab's faults: fault, cause after the checks, without rights, nothing left.
lab-probe: all
	@scripts/setup.sh lab
	@python3 -B lab/probe.py --whydown $(PROGRAM) --seeds $(SEEDS) --scenario '$(SCENARIOS)' --jobs $(LANES)

clean:
	rm -rf build
