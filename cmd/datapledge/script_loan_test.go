package main

import "github.com/rogpeppe/go-internal/testscript"

// loan makes an ordinary loan up to its registration, as life_loan.txtar does
// it step by step: "loan PLEDGE BANK FLAGS…" sets PLEDGE, and ASSET unless a
// pledge was made before. The flags are those of 'pledge propose'.
func loan(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: loan VARIABLE KEYFILE FLAGS…")
	}
	keys, bank := ts.Getenv("KEYS"), args[1]
	party := map[string]string{"rival.jwk": ts.Getenv("RIVAL")}[bank]
	if party == "" {
		party = ts.Getenv("BANK")
	}
	if ts.Getenv("ASSET") == "" {
		ts.Setenv("ASSET", made(ts, "record_id", "asset", "notarize", "data", "-name", "Bird strikes", "-consent", "consent.json", "-key", "acme.jwk"))
	}
	propose := []string{"pledge", "propose", "-asset", ts.Getenv("ASSET"), "-pledgee", party, "-commitment-letter", "paper.txt", "-agreement", "paper.txt", "-key", "acme.jwk"}
	id := made(ts, "record_id", append(propose, args[2:]...)...)
	for _, step := range [][]string{
		{"accept", id, "-key", bank},
		{"attest", id, "-number", "(2026)浙杭证字第1号", "-certificate", "paper.txt", "-enforcement-consent", "-key", keys + "/notary.jwk"},
		{"value", id, "-value", "200000000", "-method", "income", "-base-date", ts.Getenv("TODAY"), "-report", "paper.txt", "-key", keys + "/exchange.jwk"},
		{"scan", id, "-report", "paper.txt", "-key", keys + "/ipcenter.jwk"},
		{"custody", id, "-depth", "full", "-key", bank},
	} {
		made(ts, "record_id", append([]string{"pledge"}, step...)...)
	}
	ts.Setenv(args[0], id)
}

// made runs the program and gives a member of what it prints.
func made(ts *testscript.TestScript, name string, args ...string) string {
	ts.Check(ts.Exec("datapledge", append(args, "-json")...))
	return member(ts, name)
}
