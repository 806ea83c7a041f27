package rest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/storage"
)

const pledged = "id,n\n1,2\n"

// active registers a pledge of the bank on a new asset of the enterprise.
func (s *stack) active(name string) (string, pledge.Pledge) {
	s.t.Helper()
	asset, _ := s.notarize("enterprise", name, map[string]string{"a.csv": pledged, "name": strings.Repeat(name, 40)})
	p := s.pending("enterprise", "bank", asset)
	s.register(p, asset)
	return asset, p
}

func (s *stack) defaulted(p pledge.Pledge) {
	s.t.Helper()
	s.command("bank", pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p.ID, Step: "notice", Reason: "NONPAYMENT", Notice: digestOf("notice")})
	s.clock.advance(11 * 24 * time.Hour)
	s.command("bank", pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p.ID, Step: "declare"})
}

func (s *stack) enforce(p pledge.Pledge) {
	s.t.Helper()
	sale := pledge.EnforceBody{PledgeID: p.ID, Path: pledge.AgreedSale, Title: digestOf("sale")}
	s.command("bank", pledge.PledgeEnforce, sale)
	s.command("enterprise", pledge.PledgeEnforce, sale)
}

func (s *stack) releaseKey(p pledge.Pledge) pledge.Outcome {
	s.t.Helper()
	return as_[pledge.Outcome](s.post("/v1/pledges/"+p.ID+"/key-release", "exchange", struct{}{}))
}

// opens holds for every party against who may read: the owner always, and the
// bank when it holds the key. Nobody else ever.
func (s *stack) opens(when, asset string, p pledge.Pledge, holds bool) {
	s.t.Helper()
	for who := range usccs {
		want, content := http.StatusForbidden, http.StatusForbidden
		switch {
		case who == "bank" && holds:
			want, content = http.StatusOK, http.StatusOK
		case who == "bank":
			want = http.StatusConflict
		case who == "enterprise":
			content = http.StatusOK
		}
		if a := s.get("/v1/pledges/"+p.ID+"/key", who); a.status != want || want != 200 && bytes.Contains(a.body, []byte("age-encryption")) {
			s.t.Errorf("%s: the key for %s: got %d %.100s, want %d", when, who, a.status, a.body, want)
		}
		if a := s.get("/v1/assets/"+asset+"/files/a.csv", who); a.status != content || (content == 200) != (string(a.body) == pledged) {
			s.t.Errorf("%s: the content for %s: got %d %.100s, want %d", when, who, a.status, a.body, content)
		}
	}
	s.get("/v1/pledges/"+p.ID+"/key", "").want(401, "unsigned")
	s.get("/v1/assets/"+asset+"/files/a.csv", "").want(401, "unsigned")
}

// Nobody but the owner, and the pledgee while it enforces with the key released
// to it, reads what is pledged: before, after and whenever something stops it.
func TestKeyOpensForNobodyElse(t *testing.T) {
	s := newStack(t)
	asset, p := s.active("birds")
	s.opens("registered", asset, p, false)
	s.keyIsRefused(p, "wrong_state")
	s.defaulted(p)
	s.opens("in default", asset, p, false)
	s.keyIsRefused(p, "wrong_state")
	s.enforce(p)
	s.opens("enforcing", asset, p, false)
	s.stops(asset, p, "FORGERY", func(when string) {
		s.keyIsRefused(p, map[bool]string{true: "frozen", false: "objection_open"}[when == "frozen"])
	})

	first := s.releaseKey(p)
	s.opens("released", asset, p, true)
	if again := s.releaseKey(p); again.CommandID != first.CommandID || !again.Duplicate || first.Duplicate {
		t.Errorf("got %+v, then %+v, want the first outcome again", first, again)
	}
	s.stops(asset, p, "OTHER", func(when string) { s.opens(when, asset, p, false) })
	s.opens("when all that stopped it is over", asset, p, true)
	if text := s.audit.String() + s.logs.String(); strings.Contains(text, "AGE-SECRET") || !strings.Contains(text, `"key.release"`) {
		t.Error("the logs hold a key, or do not tell of the release")
	}
}

// keyIsRefused: the custodian too, and nobody else may ask.
func (s *stack) keyIsRefused(p pledge.Pledge, code string) {
	s.t.Helper()
	path := "/v1/pledges/" + p.ID + "/key-release"
	for who := range usccs {
		if who != "exchange" {
			s.post(path, who, struct{}{}).want(403, "wrong_role")
		}
	}
	s.post(path, "exchange", struct{}{}).want(409, code)
}

// stops calls check under each freeze and objection of the asset and of the
// pledge, and lifts it again.
func (s *stack) stops(asset string, p pledge.Pledge, ground string, check func(when string)) {
	s.t.Helper()
	for _, id := range []string{asset, p.ID} {
		no := s.clock.Now().String() + id
		s.command("court", pledge.OrderFreeze, pledge.FreezeBody{RecordID: id, Court: "杭州互联网法院", FileNo: no, OrderDate: "2026-03-01", Effect: "查封", Document: digestOf("order")})
		check("frozen")
		s.command("court", pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: id, FileNo: no, Document: digestOf("lifted")})
		s.command("enterprise2", pledge.ObjectionFile, pledge.ObjectBody{RecordID: id, Ground: ground, Evidence: digestOf("evidence")})
		check("objected to")
		s.clock.advance(31 * 24 * time.Hour)
		s.command("notary", pledge.ObjectionExpire, pledge.ExpireBody{RecordID: id, ObjectionID: s.lastObjection(asset, p, id)})
	}
}

func (s *stack) lastObjection(asset string, p pledge.Pledge, id string) string {
	s.t.Helper()
	list := as_[service.PledgeView](s.get("/v1/pledges/"+p.ID, "court")).Objections
	if id == asset {
		list = as_[service.AssetView](s.get("/v1/assets/"+asset, "court")).Objections
	}
	return list[len(list)-1].ID
}

// However a pledge ends, its key opens nothing more.
func TestKeyAfterTheEnd(t *testing.T) {
	s := newStack(t)
	for name, end := range map[string]func(string, pledge.Pledge){
		"released": func(_ string, p pledge.Pledge) { s.release(p) },
		"revoked": func(_ string, p pledge.Pledge) {
			s.command("court", pledge.OrderRevoke, pledge.RevokeBody{RecordID: p.ID, Number: "1", Document: digestOf("revoked"), Reason: "forged"})
		},
		"realized": func(_ string, p pledge.Pledge) {
			sold := pledge.RealizeBody{PledgeID: p.ID, Price: pledge.Amount{Amount: 900, Currency: "CNY"}, Date: s.clock.Now().Format(time.DateOnly), Method: "AUCTION",
				BuyerType: "ENTERPRISE", Report: digestOf("sold"), Claim: 900, Distribution: []pledge.Share{{Kind: "PLEDGEE", To: p.Pledgee, Amount: 900}}}
			s.command("bank", pledge.PledgeRealize, sold)
			s.command("court", pledge.PledgeRealize, sold)
		},
	} {
		asset, p := s.active(name)
		s.defaulted(p)
		s.enforce(p)
		s.releaseKey(p)
		s.opens("before it is "+name, asset, p, true)
		end(asset, p)
		s.opens(name, asset, p, false)
		s.keyStays(p)
	}
}

// keyStays: what was released is on record for ever, and is not released again.
func (s *stack) keyStays(p pledge.Pledge) {
	s.t.Helper()
	if o := s.releaseKey(p); !o.Duplicate {
		s.t.Errorf("got %+v, want what was done before", o)
	}
}

// A crash or a refusal between the making of the age file and the ledger leaves
// a file that nobody is handed; two at once, one record.
func TestKeyReleaseIsOnRecordFirst(t *testing.T) {
	s := newStack(t)
	asset, p := s.active("birds")
	s.defaulted(p)
	s.enforce(p)
	s.wrapped.fail(errors.New("the process died here"))
	s.post("/v1/pledges/"+p.ID+"/key-release", "exchange", struct{}{}).want(500, "internal")
	s.wrapped.fail(nil)
	if n := len(s.keysUnder("released/")); n != 1 {
		t.Fatalf("got %d files, want the one that was made", n)
	}
	s.opens("not on record", asset, p, false)
	var both sync.WaitGroup
	outcomes := make([]pledge.Outcome, 2)
	for i := range outcomes {
		both.Go(func() {
			outcomes[i], _ = s.svc.ReleaseKey(context.Background(), service.Caller{Party: s.keys["exchange"].Party()}, p.ID)
		})
	}
	both.Wait()
	if outcomes[0].CommandID != outcomes[1].CommandID || outcomes[0].Status != pledge.Applied || outcomes[0].Duplicate == outcomes[1].Duplicate {
		t.Errorf("got %+v, want one outcome twice", outcomes)
	}
	s.opens("on record", asset, p, true)
	named := as_[service.PledgeView](s.get("/v1/pledges/"+p.ID, "bank")).KeyRelease.Envelope
	if got := digestOf(string(s.get("/v1/pledges/"+p.ID+"/key", "bank").body)); got != named {
		t.Errorf("got the file %s, the record names %s", got, named)
	}
}

func (s *stack) keysUnder(prefix string) (keys []string) {
	s.t.Helper()
	err := s.bucket.List(context.Background(), prefix, func(i storage.Info) error {
		keys = append(keys, i.Key)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return keys
}

// object reads an object of the bucket as it lies there.
func (s *stack) object(key string) []byte {
	s.t.Helper()
	r := must(s.bucket.Open(context.Background(), key, 0, -1))(s.t)
	defer r.Close()
	return must(io.ReadAll(r))(s.t)
}

// The bank's identity alone opens the released file, and what comes out opens
// the sealed objects: in two steps of the stock age program.
func TestStockAgeOpensWhatIsReleased(t *testing.T) {
	stock := needs.Program(t, "age", "age")
	s := newStack(t)
	_, p := s.active("birds")
	s.defaulted(p)
	s.enforce(p)
	s.releaseKey(p)
	sealed := s.get("/v1/pledges/"+p.ID+"/key", "bank").body
	for who, k := range s.keys {
		if _, err := age.Decrypt(bytes.NewReader(sealed), k.Identity()); (err == nil) != (who == "bank") {
			t.Errorf("%s: %v", who, err)
		}
	}
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open := func(identity, path string) ([]byte, error) {
		return exec.CommandContext(t.Context(), stock, "--decrypt", "--identity", identity, path).Output()
	}
	bank := file("bank.txt", []byte(s.keys["bank"].Identity().(interface{ String() string }).String()+"\n"))
	opened, err := open(bank, file("key.age", sealed))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, key := range s.keysUnder("sealed/") {
		plain, err := open(file("asset.txt", opened), file("object.age", s.object(key)))
		if err == nil && string(plain) == pledged {
			found++
		}
	}
	if found != 1 {
		t.Errorf("age opens %d objects as the pledged file, want 1", found)
	}
}
