package pledge_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func sm3(s string) string { return "sm3:" + sha("sm3"+s) }

// withSM3 is a notarization whose owner and custodian give these.
func (w *world) withSM3(owners, custodians string) pledge.NotarizeBody {
	w.t.Helper()
	b := w.dataset(w.owner, "国密", file("a.csv", "a", 100))
	w.addSM3(w.owner, &b, owners, custodians)
	return b
}

func (w *world) addSM3(a *actor, b *pledge.NotarizeBody, owners, custodians string) {
	w.t.Helper()
	var size int64
	for _, f := range b.Files {
		size += f.Size
	}
	b.SM3Fingerprint = owners
	b.CustodyReceipt = w.sign(w.exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{Fingerprint: b.Fingerprint, Owner: a.uscc,
		Files: len(b.Files), Size: size, ManifestRoot: pledge.ManifestRoot(b.Files), SM3Fingerprint: custodians, Depth: "full"})
}

// TestSM3Fingerprint: it is the custodian's measure or it is not recorded.
func TestSM3Fingerprint(t *testing.T) {
	w := newWorld(t)
	w.refuse(pledge.CustodyMissing, w.owner, pledge.AssetNotarize, w.withSM3(sm3("a"), ""))
	w.refuse(pledge.CustodyMissing, w.owner, pledge.AssetNotarize, w.withSM3(sm3("a"), sm3("b")))
	a := w.asset(w.do(w.owner, pledge.AssetNotarize, w.withSM3(sm3("a"), sm3("a"))))
	if a.V != pledge.AssetVersion || a.SM3Fingerprint != sm3("a") {
		t.Errorf("%+v", a)
	}
	golden(t, "asset-sm3.v2.json", w.st.kv[pledge.KeyAsset(a.ID)])
}

// TestSM3Spared: who leaves it out has the record of old, whatever the receipt says.
func TestSM3Spared(t *testing.T) {
	w := newWorld(t)
	a := w.asset(w.do(w.owner, pledge.AssetNotarize, w.withSM3("", sm3("a"))))
	if a.V != 1 || bytes.Contains(w.st.kv[pledge.KeyAsset(a.ID)], []byte("sm3_fingerprint")) {
		t.Errorf("%s", w.st.kv[pledge.KeyAsset(a.ID)])
	}
}

// TestSM3OfACustodyCheck: a later receipt need not tell it, and may not tell another.
func TestSM3OfACustodyCheck(t *testing.T) {
	w := newWorld(t)
	id := w.pending(w.do(w.owner, pledge.AssetNotarize, w.withSM3(sm3("a"), sm3("a"))), w.bank, terms("exclusive"))
	r := w.custody(id)
	r.SM3Fingerprint = sm3("b")
	w.refuse(pledge.CustodyMissing, w.exchange, pledge.CustodyReceiptAct, r)
	r.SM3Fingerprint = sm3("a")
	w.do(w.exchange, pledge.CustodyReceiptAct, r)
	w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
}

// TestAssetVersions: one spelling of each version, and no other.
func TestAssetVersions(t *testing.T) {
	w := newWorld(t)
	one := string(w.st.kv[pledge.KeyAsset(w.notarize(w.owner, "plain"))])
	two := string(w.st.kv[pledge.KeyAsset(w.do(w.owner, pledge.AssetNotarize, w.withSM3(sm3("a"), sm3("a"))))])
	for name, bad := range map[string]string{
		"without SM3 as version 2": strings.Replace(one, `"v":1`, `"v":2`, 1),
		"with SM3 as version 1":    strings.Replace(two, `"v":2`, `"v":1`, 1),
		"version 3":                strings.Replace(two, `"v":2`, `"v":3`, 1),
		"an empty SM3":             strings.Replace(two, sm3("a"), "", 1),
	} {
		if a, err := pledge.DecodeAsset([]byte(bad)); err == nil || a.ID != "" || bad == one || bad == two {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestIsSM3Fingerprint(t *testing.T) {
	for s, want := range map[string]bool{
		sm3("x"): true, "": false, "sm3:": false, sha("x"): false, doc("x"): false, strings.ToUpper(sm3("x")): false, sm3("x") + "0": false,
	} {
		if pledge.IsSM3Fingerprint(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
