package evidence_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/evidence/internal/secondreader"
)

// life is the story with those who come in later.
type life struct {
	*story
	bank2, court key
}

func newLife(t testing.TB) *life {
	t.Helper()
	return lifeOf(newStory(t))
}

func lifeOf(s *story) *life {
	l := &life{s, newKey("bank2", uscc(17)), newKey("court2", uscc(18))}
	for k, role := range map[string]pledge.Role{"bank2": pledge.RoleBank, "court": pledge.RoleCourt} {
		who := map[string]key{"bank2": l.bank2, "court": l.court}[k]
		l.commit(l.sign(l.ipcentre, pledge.PartyEnroll, pledge.EnrollBody{Party: who.party, Name: k, Roles: []pledge.Role{role},
			Keys: []pledge.KeyGrant{{JWK: who.jwk(), Scope: pledge.ScopeAdmin}}}))
	}
	return l
}

func (l *life) days(n int) { l.now = l.now.AddDate(0, 0, n) }

func (l *life) pledgeOf(id string) pledge.Pledge {
	l.t.Helper()
	p, err := pledge.DecodePledge(l.state[pledge.KeyPledge(id)])
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

func (l *life) assetOf(id string) pledge.Asset {
	l.t.Helper()
	a, err := pledge.DecodeAsset(l.state[pledge.KeyAsset(id)])
	if err != nil {
		l.t.Fatal(err)
	}
	return a
}

// both has an act signed by each of its sides, one after the other.
func (l *life) both(act pledge.Act, body any, sides ...key) {
	l.t.Helper()
	for _, k := range sides {
		l.commit(l.sign(k, act, body))
	}
}

func (l *life) amendment() pledge.AmendBody {
	l.t.Helper()
	p := l.pledgeOf(l.pledge)
	terms := p.Terms
	terms.SecuredMax.Amount -= 5
	digest, err := terms.Digest()
	if err != nil {
		l.t.Fatal(err)
	}
	return pledge.AmendBody{PledgeID: l.pledge, Replaces: p.TermsDigest, Terms: terms, TermsDigest: digest}
}

func (l *life) consent(act pledge.Act, body any) {
	l.t.Helper()
	digest, err := pledge.ActDigest(act, body)
	if err != nil {
		l.t.Fatal(err)
	}
	l.commit(l.sign(l.bank, pledge.PledgeConsent, pledge.AgreeBody{PledgeID: l.pledge, TermsDigest: l.pledgeOf(l.pledge).TermsDigest, Act: act, Digest: digest}))
}

// version adds file d, and leaves nothing out.
func (l *life) version() {
	l.t.Helper()
	_, n := l.notarization(l.owner2, "a", "b", "d")
	b := pledge.VersionBody{AssetID: l.asset, Base: l.assetOf(l.asset).Fingerprint, Added: []string{"d.csv"}, Fingerprint: n.Fingerprint,
		Files: n.Files, Declaration: n.Declaration, CustodyReceipt: n.CustodyReceipt}
	l.consent(pledge.AssetAddVersion, &b)
	l.commit(l.sign(l.owner2, pledge.AssetAddVersion, b))
}

func (l *life) transfer() {
	l.t.Helper()
	b := pledge.TransferBody{AssetID: l.asset, To: l.other.party, Agreement: "sha256:" + hash("sale")}
	l.consent(pledge.AssetTransfer, &b)
	l.both(pledge.AssetTransfer, b, l.owner2, l.other)
}

func (l *life) realize() {
	l.t.Helper()
	l.commit(l.sign(l.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: l.pledge, Step: "notice", Reason: "NONPAYMENT", Notice: "sha256:" + hash("notice")}))
	l.days(11)
	l.commit(l.sign(l.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: l.pledge, Step: "declare"}))
	l.both(pledge.PledgeEnforce, pledge.EnforceBody{PledgeID: l.pledge, Path: pledge.AgreedSale, Title: "sha256:" + hash("title")}, l.bank, l.owner2)
	l.both(pledge.PledgeRealize, pledge.RealizeBody{PledgeID: l.pledge, Price: pledge.Amount{Amount: 900, Currency: "CNY"}, Date: l.now.Format(time.DateOnly),
		Method: "AUCTION", BuyerType: "ENTERPRISE", Report: "sha256:" + hash("sold"), Claim: 1000, Shortfall: 100,
		Distribution: []pledge.Share{{Kind: "PLEDGEE", To: l.bank.party, Amount: 900}}}, l.exchange, l.bank)
}

// objects leaves an objection open and two orders, of which one has ended.
func (l *life) objects() {
	l.t.Helper()
	l.commit(l.sign(l.other, pledge.ObjectionFile, pledge.ObjectBody{RecordID: l.pledge, Ground: "FORGERY", Evidence: "sha256:" + hash("e")}))
	for no, until := range map[string]string{"(2026)浙0192财保1号": "", "(2026)浙0192财保2号": l.now.AddDate(0, 0, 1).Format(time.DateOnly)} {
		l.commit(l.sign(l.court, pledge.OrderFreeze, pledge.FreezeBody{RecordID: l.asset, Court: "杭州互联网法院", FileNo: no, OrderDate: "2026-11-20",
			Effect: "查封", Until: until, Document: "sha256:" + hash(no)}))
	}
}

// plan is a closing: the pledge is released, and another bank's is registered.
func (l *life) plan() (parts []pledge.Step, signers []key) {
	l.t.Helper()
	p := l.commit(l.sign(l.owner2, pledge.PledgePropose, pledge.ProposeBody{AssetID: l.asset, Pledgee: l.bank2.party, Terms: l.terms("exclusive")}))
	digest := l.pledgeOf(p).TermsDigest
	a := l.assetOf(l.asset)
	l.commit(l.sign(l.bank2, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: p, TermsDigest: digest}))
	l.commit(
		l.sign(l.notary, pledge.PledgeAttest, pledge.AttestBody{PledgeID: p, Number: "(2026) 2", Certificate: "sha256:" + hash("certificate")}),
		l.sign(l.exchange, pledge.PledgeValue, pledge.ValueBody{PledgeID: p, Report: "sha256:" + hash("valuation"), Method: "income",
			Value: pledge.Amount{Amount: 200_000_000, Currency: "CNY"}, BaseDate: l.created.AddDate(0, 0, -1).Format(time.DateOnly)}),
		l.sign(l.exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{Fingerprint: a.Fingerprint, Owner: a.Owner,
			Files: a.Files, Size: a.Size, ManifestRoot: a.ManifestRoot, PledgeID: p, Depth: "full"}),
		l.sign(l.ipcentre, pledge.PledgeScan, l.scanOf(p)),
	)
	release := pledge.ReleaseBody{PledgeID: l.pledge, Reason: "REPLACED"}
	register := pledge.RegisterBody{PledgeID: p, TermsDigest: digest, ExpectedSeq: a.Seq + 1}
	attest := pledge.AssetAttestBody{AssetID: l.asset, Number: "(2026) 3", Certificate: "sha256:" + hash("asset")}
	return []pledge.Step{{Act: pledge.PledgeRelease, By: l.bank.party, Body: &release}, {Act: pledge.PledgeRegister, By: l.bank2.party, Body: &register},
		{Act: pledge.AssetAttest, By: l.notary.party, Body: &attest}}, []key{l.bank, l.bank2, l.notary}
}

// signed are the commands of a plan, each by its signer.
func (l *life) signed(steps []pledge.Step, signers []key) []string {
	l.t.Helper()
	plan, err := pledge.PlanDigest(steps)
	if err != nil {
		l.t.Fatal(err)
	}
	var list []string
	for i, s := range steps {
		list = append(list, l.signFor(plan, signers[i], s.Act, s.Body))
	}
	return list
}

func (l *life) signFor(plan string, k key, act pledge.Act, body any) string {
	l.t.Helper()
	var p pledge.Payload
	if err := json.Unmarshal(saidIn(l.t, l.sign(k, act, body)), &p); err != nil {
		l.t.Fatal(err)
	}
	p.Closing = plan
	raw, err := json.Marshal(p)
	if err != nil {
		l.t.Fatal(err)
	}
	jws, _ := k.SignJWS("datapledge+jws", raw)
	return jws
}

func saidIn(t testing.TB, jws string) []byte {
	t.Helper()
	raw, err := b64.DecodeString(strings.Split(jws, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (l *life) close(commands []string) string {
	l.t.Helper()
	return l.sign(l.exchange, pledge.ClosingExecute, pledge.ClosingBody{Commands: commands})
}

// TestWholeLife: whatever became of a pledge and its asset, their packages
// stand, and tell what speaks against them.
func TestWholeLife(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(*life)
		facts   []string // of the pledge's package
	}{
		"one side amends":     {func(l *life) { l.commit(l.sign(l.bank, pledge.PledgeAmend, l.amendment())) }, []string{"agreement-open"}},
		"both amend":          {func(l *life) { l.both(pledge.PledgeAmend, l.amendment(), l.bank, l.owner2) }, nil},
		"a version":           {func(l *life) { l.version() }, []string{"increment"}},
		"a transfer":          {func(l *life) { l.transfer() }, []string{"owner-changed"}},
		"both":                {func(l *life) { l.version(); l.transfer() }, []string{"increment", "owner-changed"}},
		"realized":            {func(l *life) { l.realize() }, []string{"pledge-ended", "shortfall"}},
		"objection and order": {func(l *life) { l.objects() }, []string{"objection", "frozen"}},
		"closing":             {func(l *life) { l.commit(l.close(l.signed(l.plan()))) }, []string{"pledge-ended"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t)
			c.happens(l)
			for _, id := range []string{l.asset, l.kin, l.pledge, l.bank.party, l.owner.party} {
				r := check(t, l.writeAt(id, l.now.AddDate(0, 0, 5)), l.trust())
				if !r.OK() {
					t.Fatalf("%s: %s", id, text(r))
				}
				readsTheSame(t, l.writeAt(id, l.now.AddDate(0, 0, 5)), l.trust(), r)
				if id == l.pledge {
					hasFacts(t, r, c.facts)
				}
			}
		})
	}
}

// TestWholeLifeOfAConsortium: the same where several institutions keep the ledger.
func TestWholeLifeOfAConsortium(t *testing.T) {
	c := newChannel(t)
	told := len(c.story.blocks)
	l := lifeOf(c.story)
	l.version()
	l.commit(l.close(l.signed(l.plan())))
	l.pledge = l.assetOf(l.asset).InForce[0].PledgeID
	l.bank = l.bank2
	l.transfer()
	l.objects()
	for ; told < len(l.blocks); told++ {
		c.add(&cut{txs: []*call{c.execute(told)}})
	}
	c.goOn()
	for _, id := range []string{l.asset, l.pledge, l.kin, l.bank2.party} {
		data := writeAt(t, c.source(), id, l.now.AddDate(0, 0, 5))
		r := check(t, data, c.trust())
		readsTheSame(t, data, c.trust(), r)
		if !r.OK() {
			t.Fatalf("%s: %s", id, text(r))
		}
	}
}

func (l *life) writeAt(id string, made time.Time) []byte {
	l.t.Helper()
	return writeAt(l.t, l.source(), id, made)
}

func writeAt(t testing.TB, src evidence.Source, id string, made time.Time) []byte {
	t.Helper()
	src.Now = func() time.Time { return made }
	var b bytes.Buffer
	if err := evidence.Write(context.Background(), &b, src, id); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readsTheSame asks the second checker, too.
func readsTheSame(t *testing.T, data []byte, trust evidence.Trust, r evidence.Report) {
	t.Helper()
	got, err := secondreader.Read(data, marshal(trust))
	if err != nil || got.Stands != r.OK() || !got.Stands && r.Find(got.Fails).Result != evidence.Fail {
		t.Errorf("the second reader: %v at %q (%v), %v", got.Stands, got.Fails, got.Why, err)
	}
}

func hasFacts(t *testing.T, r evidence.Report, codes []string) {
	t.Helper()
	for _, code := range codes {
		if n := countFacts(r, code); n != 1 {
			t.Errorf("%s stands there %d times: %+v", code, n, r.Negative)
		}
	}
}

func countFacts(r evidence.Report, code string) (n int) {
	for _, f := range r.Negative {
		if f.Code == code {
			n++
		}
	}
	return n
}

// What a version brought is found by who notarizes it next, and proven with it.
func TestVersionSupports(t *testing.T) {
	l := newLife(t)
	l.version()
	next := l.notarize(l.other, "d", "e")
	r := check(t, l.writeAt(next, l.now.AddDate(0, 0, 5)), l.trust())
	if !r.OK() || !slices.ContainsFunc(r.History, func(h evidence.Line) bool { return h.Act == "asset.add_version" }) {
		t.Error(text(r))
	}
}

// An old version is proven by its manifest and the command that brought it.
func TestOldVersionIsProven(t *testing.T) {
	l := newLife(t)
	was := l.assetOf(l.asset).Fingerprint
	l.version()
	f := unpack(t, l.write(l.asset))
	name := "manifest/" + strings.TrimPrefix(was, "sha256:") + ".txt"
	if string(f[name]) != pledge.Manifest(files("a", "b")) || !strings.Contains(string(f["record.json"]), was) {
		t.Fatalf("no %s in %v", name, len(f))
	}
	f[name] = append(f[name], "x\n"...)
	if r := check(t, f.pack(t, l.exchange), l.trust()); r.Find(evidence.CheckFingerprint).Result != evidence.Fail {
		t.Error(text(r))
	}
	delete(f, name)
	f["manifest/"+hash("strange")+".txt"] = []byte("strange")
	if r := check(t, f.pack(t, l.exchange), l.trust()); r.Find(evidence.CheckFingerprint).Result != evidence.Fail {
		t.Error(text(r))
	}
}

// TestClosingTampered: an operator and a custodian together cannot change what
// the sides of a closing agreed on.
func TestClosingTampered(t *testing.T) {
	l := newLife(t)
	steps, signers := l.plan()
	good := l.signed(steps, signers)
	closing := l.close(good)
	l.commit(closing)
	sound := unpack(t, l.write(l.asset))
	file := "onchain/commands/" + commandID(closing) + ".json"
	stranger := newKey("stranger", l.bank.party)
	other := pledge.ReleaseBody{PledgeID: l.pledge, Reason: "WAIVED"}
	for name, c := range map[string]struct {
		commands []string
		checks   []string // that fail
	}{
		"as it was":            {good, nil},
		"one left out":         {good[:2], []string{evidence.CheckCommandID}},
		"in another order":     {[]string{good[1], good[0], good[2]}, []string{evidence.CheckCommandID}},
		"one twice":            {append(slices.Clone(good), good[2]), []string{evidence.CheckCommandID}},
		"another in its place": {[]string{l.sign(l.bank, pledge.PledgeRelease, other), good[1], good[2]}, []string{evidence.CheckCommandID}},
		"another's signature":  {[]string{l.signFor(plan(t, good[0]), stranger, pledge.PledgeRelease, steps[0].Body), good[1], good[2]}, []string{evidence.CheckEnrolled, evidence.CheckCommandID}},
		"a signature cut":      {[]string{good[0][:strings.LastIndexByte(good[0], '.')] + good[1][strings.LastIndexByte(good[1], '.'):], good[1], good[2]}, []string{evidence.CheckCommand}},
	} {
		t.Run(name, func(t *testing.T) {
			f := contents{}
			for n, data := range sound {
				f[n] = bytes.Clone(data)
			}
			l.forge(f, file, l.close(c.commands))
			data := f.pack(t, l.exchange)
			r := check(t, data, l.trust())
			readsTheSame(t, data, l.trust(), r)
			for _, want := range []string{evidence.CheckCommandID, evidence.CheckCommand, evidence.CheckEnrolled} {
				if got := r.Find(want).Result; (got == evidence.Fail) != slices.Contains(c.checks, want) {
					t.Errorf("%s: %s\n%s", want, got, text(r))
				}
			}
		})
	}
}

func plan(t *testing.T, jws string) string {
	t.Helper()
	var p pledge.Payload
	if err := json.Unmarshal(saidIn(t, jws), &p); err != nil {
		t.Fatal(err)
	}
	return p.Closing
}

func input(jws string) string     { return jws[:strings.LastIndexByte(jws, '.')] }
func commandID(jws string) string { return "cmd_" + hash(input(jws)) }

// forge puts another closing in the place of one, in a block that the operator
// signs anew, with what the old one wrote.
func (l *life) forge(f contents, file, jws string) {
	l.t.Helper()
	old := strings.TrimSuffix(strings.TrimPrefix(file, "onchain/commands/"), ".json")
	var doc map[string]any
	if err := json.Unmarshal(f[file], &doc); err != nil {
		l.t.Fatal(err)
	}
	var entry, head map[string]any
	decodeJSON(l.t, []byte(doc["entry"].(string)), &entry)
	decodeJSON(l.t, saidIn(l.t, doc["header"].(string)), &head)
	entry["command"] = jws
	text := strings.ReplaceAll(canonical(l.t, entry), old, commandID(jws))
	decodeJSON(l.t, []byte(text), &entry)
	slices.SortFunc(entry["writes"].([]any), func(a, b any) int {
		return strings.Compare(a.(map[string]any)["key"].(string), b.(map[string]any)["key"].(string))
	})
	text = canonical(l.t, entry)
	head["root"] = fmt.Sprintf("%x", treeHash([]string{text}))
	doc["entry"] = text
	doc["header"], _ = l.operator.SignJWS("datapledge-block+jws", []byte(canonical(l.t, head)))
	f.edit(l.t, "manifest.json", func(m map[string]any) { m["as_of"].(map[string]any)["hash"] = hash(canonical(l.t, head)) })
	delete(f, file)
	f["onchain/commands/"+commandID(jws)+".json"] = []byte(canonical(l.t, doc))
}

func decodeJSON(t testing.TB, data []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil && err != io.EOF {
		t.Fatal(err)
	}
}

// TestAgreementWithOneSide: that a record names two who signed is not enough.
func TestAgreementWithOneSide(t *testing.T) {
	l := newLife(t)
	l.both(pledge.PledgeAmend, l.amendment(), l.bank, l.owner2)
	f := unpack(t, l.write(l.pledge))
	signed := l.pledgeOf(l.pledge).Amendments[0].Signed
	if len(signed) != 2 {
		t.Fatal(signed)
	}
	delete(f, "onchain/commands/"+signed[0].Command+".json")
	data := f.pack(t, l.exchange)
	r := check(t, data, l.trust())
	readsTheSame(t, data, l.trust(), r)
	if got := r.Find(evidence.CheckHistory); got.Result != evidence.Fail || !strings.Contains(got.Failures[0].Detail, "not in the package") {
		t.Error(text(r))
	}
}
