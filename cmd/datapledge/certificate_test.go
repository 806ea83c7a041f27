package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/cmd/datapledge/demo"
	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

// certifiedByAll: certificates of a consortium name everybody who keeps the
// ledger, and are nobody's word alone; nor is the one that was printed.
func certifiedByAll(t *testing.T, r demo.Result, members []pledge.Member) {
	t.Helper()
	anybody, err := client.Dial(r.Server, nil, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id := strings.ToUpper(strings.TrimPrefix(r.PledgeID, "pl_"))
	for _, number := range []string{service.CertificateNumber(r.AssetID, nil), "P-" + id, "R-" + id, r.Search.Value.Number} {
		c, err := anybody.Certificate(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		v := c.Value
		ofAConsortium(t, number, fmt.Sprint(v.Status, v.Fields, v.Proves, v.NotProved), "endorsements of as many of them as the policy asks", "背书策略")
		if v.Ledger != "fabric" || len(v.Members) != len(members) {
			t.Errorf("%s: kept on %s by %+v", number, v.Ledger, v.Members)
		}
		for _, at := range v.Anchors { // the story waited for both
			if at.TimeStamp == nil || len(at.Imprints) == 0 {
				t.Errorf("%s: nobody else vouches for %+v", number, at)
			}
		}
		for _, m := range members {
			if !slices.Contains(v.Members, service.CertificateMember{Party: m.Party, Name: m.Name}) {
				t.Errorf("%s: %s does not keep the ledger: %+v", number, m.Name, v.Members)
			}
		}
	}
	printedByAll(t, r, members)
}

func ofAConsortium(t *testing.T, what, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q: %s", what, want, text)
		}
	}
	for _, wrong := range []string{"one party's word", "kept by one institution", "一方的陈述", "一家机构单独记账", "以记账方自己的时钟为准"} {
		if strings.Contains(text, wrong) {
			t.Errorf("%s says %q", what, wrong)
		}
	}
}

func printedByAll(t *testing.T, r demo.Result, members []pledge.Member) {
	t.Helper()
	if r.Certificate == "" {
		needs.Missing(t, "font", "nothing was printed")
	}
	text, err := exec.CommandContext(t.Context(), needs.Program(t, "poppler", "pdftotext"), "-raw", r.Certificate, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	wanted := []string{"背书策略", "共同记账的机构"}
	for _, m := range members {
		wanted = append(wanted, strings.ReplaceAll(m.Name, " ", ""), m.Party)
	}
	ofAConsortium(t, r.Certificate, strings.Join(strings.Fields(string(text)), ""), wanted...)
}

// notarizedWithSM3: a dataset that was notarized with SM3 国密 on this ledger
// leaves with evidence that holds the SM3 fingerprint, as openssl computes it,
// and checks against the data.
func notarizedWithSM3(t *testing.T, r demo.Result) {
	t.Helper()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	written(t, filepath.Join(data, "a.csv"), "x,y\n1,2\n")
	written(t, filepath.Join(data, "sub", "b.csv"), "z\n9\n")
	key := filepath.Join(r.Dir, "keys", "company.jwk")
	consent, zip := filepath.Join(dir, "consent.json"), filepath.Join(dir, "e.zip")
	written(t, consent, ownData)
	written(t, filepath.Join(dir, "paper.txt"), "a paper\n")
	notarized := doing(t, 0, "asset", "notarize", data, "-name", "with SM3", "-consent", consent, "-sm3", "-key", key, "-server", r.Server)
	_, rest, _ := strings.Cut(notarized, "record: ")
	asset, _, _ := strings.Cut(rest, " ")
	if shown := doing(t, 0, "asset", "show", asset, "-key", key, "-server", r.Server); !strings.Contains(shown, opensslSM3(t, data)) {
		t.Errorf("openssl has %s, the ledger: %s", opensslSM3(t, data), shown)
	}
	doing(t, 0, "evidence", "get", asset, "-out", zip, "-key", key, "-server", r.Server)
	said := doing(t, 0, "evidence", "check", zip, "-trust", r.Trust, "-data", data, "-lang", "en")
	if !slices.ContainsFunc(strings.Split(said, "\n"), func(l string) bool {
		return strings.Contains(l, "sm3-matches-manifest") && strings.Contains(l, "pass")
	}) {
		t.Errorf("SM3 was not checked: %s", said)
	}
	written(t, filepath.Join(data, "a.csv"), "x,y\n1,3\n")
	doing(t, exitTampered, "evidence", "check", zip, "-trust", r.Trust, "-data", data)
}

func written(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// doing is what the program prints; it must end with this status.
func doing(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, faults bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &faults); code != want {
		t.Fatalf("%v: exit %d, want %d: %s%s", args, code, want, &out, &faults)
	}
	return out.String()
}

// opensslSM3 is the SM3 fingerprint of the two files, worked out by openssl.
func opensslSM3(t *testing.T, data string) string {
	t.Helper()
	openssl := needs.Program(t, "openssl", "openssl")
	digest := func(text []byte) string {
		c := exec.CommandContext(t.Context(), openssl, "dgst", "-sm3", "-r")
		c.Stdin = bytes.NewReader(text)
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out[:64])
	}
	var manifest bytes.Buffer
	for _, name := range []string{"a.csv", "sub/b.csv"} {
		text, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&manifest, "%s  %s\n", digest(text), name)
	}
	return "sm3:" + digest(manifest.Bytes())
}
