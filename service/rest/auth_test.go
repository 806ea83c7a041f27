package rest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

func b64(v any) string {
	text, ok := v.(string)
	if !ok {
		data, _ := json.Marshal(v)
		text = string(data)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

type claims map[string]any

func (s *stack) claims(change claims) claims {
	party, now := s.keys["bank"].Party(), s.clock.Now().Unix()
	c := claims{"iss": party, "sub": party, "aud": channel, "iat": now, "exp": now + 300, "jti": "x"}
	for k, v := range change {
		if c[k] = v; v == nil {
			delete(c, k)
		}
	}
	return c
}

// signedBy makes a token with this header, truly signed by a key.
func signedBy(t *testing.T, k *client.Key, header, claims any) string {
	t.Helper()
	private, _ := k.RevealEd25519()
	input := b64(header) + "." + b64(claims)
	signature, err := private.Sign(nil, []byte(input), &noHash{})
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestHostileTokens(t *testing.T) {
	s := newStack(t)
	bank, other := s.keys["bank"], s.keys["bank2"]
	head := func(more claims) claims {
		h := claims{"alg": "EdDSA", "kid": bank.KID(), "typ": "JWT"}
		for k, v := range more {
			h[k] = v
		}
		return h
	}
	good := signedBy(t, bank, head(nil), s.claims(nil))
	parts := strings.Split(good, ".")
	mac := hmac.New(sha256.New, bank.Public())
	hs := b64(head(claims{"alg": "HS256"})) + "." + parts[1]
	mac.Write([]byte(hs))
	public := map[string]any{}
	_ = json.Unmarshal(bank.Public(), &public)
	now := s.clock.Now().Unix()
	p256 := must(client.New(client.P256, bank.Party(), ""))(t)
	with := func(change claims) string { return signedBy(t, bank, head(nil), s.claims(change)) }
	under := func(more claims) string { return signedBy(t, bank, head(more), s.claims(nil)) }

	s.do("GET", "/v1/assets", "", nil, "Authorization", "Bearer "+good).want(200, "")
	for name, tt := range map[string]struct{ token, code string }{
		"none":                 {"", "unsigned"},
		"not a token":          {"abc", "unsigned"},
		"two parts":            {parts[0] + "." + parts[1], "unsigned"},
		"four parts":           {good + ".x", "unsigned"},
		"no signature":         {parts[0] + "." + parts[1] + ".", "unsigned"},
		"alg none":             {b64(head(claims{"alg": "none"})) + "." + parts[1] + ".", "unsigned"},
		"alg None":             {b64(head(claims{"alg": "None"})) + "." + parts[1] + "." + parts[2], "unsigned"},
		"HS256 of public key":  {hs + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), "unsigned"},
		"alg of another kind":  {under(claims{"alg": "ES256"}), "unsigned"},
		"alg missing":          {under(claims{"alg": ""}), "unsigned"},
		"embedded jwk":         {under(claims{"jwk": public}), "malformed"},
		"jku":                  {under(claims{"jku": "https://example.org/keys"}), "malformed"},
		"x5u":                  {under(claims{"x5u": "https://example.org/cert"}), "malformed"},
		"x5c":                  {under(claims{"x5c": []string{"AA"}}), "malformed"},
		"crit":                 {under(claims{"crit": []string{"b64"}, "b64": false}), "malformed"},
		"zip":                  {under(claims{"zip": "DEF"}), "malformed"},
		"typ of a command":     {under(claims{"typ": "datapledge+jws"}), "unsigned"},
		"typ missing":          {under(claims{"typ": ""}), "unsigned"},
		"kid in other case":    {under(claims{"kid": strings.ToUpper(bank.KID())}), "unknown_key"},
		"kid of another":       {under(claims{"kid": other.KID()}), "unknown_key"},
		"repeated alg":         {signedBy(t, bank, `{"alg":"none","alg":"EdDSA","kid":"`+bank.KID()+`","typ":"JWT"}`, s.claims(nil)), "malformed"},
		"Alg and alg":          {signedBy(t, bank, `{"Alg":"none","alg":"EdDSA","kid":"`+bank.KID()+`","typ":"JWT"}`, s.claims(nil)), "malformed"},
		"header is a list":     {signedBy(t, bank, `["EdDSA"]`, s.claims(nil)), "malformed"},
		"claims are no JSON":   {signedBy(t, bank, head(nil), `{`), "malformed"},
		"claims go on":         {signedBy(t, bank, head(nil), string(must(json.Marshal(s.claims(nil)))(t))+"{}"), "malformed"},
		"unknown claim":        {with(claims{"roles": []string{"court"}}), "malformed"},
		"iss is another":       {with(claims{"iss": other.Party()}), "malformed"},
		"sub is another":       {with(claims{"sub": other.Party()}), "malformed"},
		"both are another":     {with(claims{"iss": other.Party(), "sub": other.Party()}), "unknown_key"},
		"party unknown":        {with(claims{"iss": "91330100MADEUP0A0X", "sub": "91330100MADEUP0A0X"}), "unknown_party"},
		"iss missing":          {with(claims{"iss": nil}), "malformed"},
		"both missing":         {with(claims{"iss": nil, "sub": nil}), "malformed"},
		"aud is another":       {with(claims{"aud": "other"}), "wrong_channel"},
		"aud is a list":        {with(claims{"aud": []string{channel}}), "malformed"},
		"aud missing":          {with(claims{"aud": nil}), "wrong_channel"},
		"jti missing":          {with(claims{"jti": nil}), "malformed"},
		"iat missing":          {with(claims{"iat": nil}), "malformed"},
		"exp missing":          {with(claims{"exp": nil}), "malformed"},
		"expired":              {with(claims{"iat": now - 300, "exp": now}), "stale"},
		"lives too long":       {with(claims{"exp": now + 301}), "malformed"},
		"from the future":      {with(claims{"iat": now + 61, "exp": now + 200}), "stale"},
		"not before":           {with(claims{"nbf": now + 61}), "stale"},
		"exp before iat":       {with(claims{"iat": now + 30, "exp": now + 10}), "malformed"},
		"exp overflows":        {with(claims{"exp": uint64(1) << 63}), "malformed"},
		"exp is a fraction":    {with(claims{"exp": float64(now) + 0.5}), "malformed"},
		"iat negative":         {with(claims{"iat": -1, "exp": now + 10}), "malformed"},
		"signed by another":    {signedBy(t, other, head(nil), s.claims(nil)), "unsigned"},
		"signed by P-256":      {must(p256.SignJWS("JWT", []byte(must(json.Marshal(s.claims(nil)))(t))))(t), "unknown_key"},
		"signature flipped":    {parts[0] + "." + parts[1] + "." + flip(parts[2]), "unsigned"},
		"claims changed":       {parts[0] + "." + b64(s.claims(claims{"jti": "y"})) + "." + parts[2], "unsigned"},
		"padded":               {parts[0] + "=." + parts[1] + "." + parts[2], "malformed"},
		"a command":            {s.sign("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: "pl_x", Reason: "PAID"}), "malformed"},
		"too long":             {good + strings.Repeat("A", 9000), "too_large"},
		"flattened JSON (jws)": {`{"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`, "unsigned"},
	} {
		a := s.do(http.MethodGet, "/v1/assets", "", nil, "Authorization", "Bearer "+tt.token)
		if a.status != 401 || a.code() != tt.code || a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: got %d %s, want 401 %s", name, a.status, a.body, tt.code)
		}
	}
	for _, scheme := range []string{"Basic " + good, good, "bearer" + good, "Bearer"} {
		s.do(http.MethodGet, "/v1/assets", "", nil, "Authorization", scheme).want(401, "unsigned")
	}
	s.clock.advance(301 * time.Second)
	s.do(http.MethodGet, "/v1/assets", "", nil, "Authorization", "Bearer "+good).want(401, "stale")
}

func flip(b64 string) string {
	c := byte('A')
	if b64[0] == c {
		c = 'B'
	}
	return string(c) + b64[1:]
}

func TestRevokedKeyOpensNothing(t *testing.T) {
	s := newStack(t)
	key := must(client.New(client.P256, s.keys["bank"].Party(), pledge.ScopeOperate))(t)
	s.keys["clerk"] = key
	s.get("/v1/assets", "clerk").want(401, "unknown_key")
	s.command("bank", pledge.PartyAddKey, pledge.AddKeyBody{Party: key.Party(), Key: pledge.KeyGrant{JWK: key.Public(), Scope: pledge.ScopeOperate}})
	s.get("/v1/assets", "clerk").want(200, "")
	s.command("bank", pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: key.Party(), KID: key.KID(), Reason: "lost"})
	s.get("/v1/assets", "clerk").want(401, "revoked_key")
}

// cells: who gets what, for the records of a pledge between enterprise and
// bank. Everything else is 403.
func TestWhoSeesWhat(t *testing.T) {
	s := newStack(t)
	asset, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "id,n\n1,2\n"})
	p := s.pending("enterprise", "bank", asset)
	upload := s.begin("enterprise")
	all := []string{"enterprise", "enterprise2", "bank", "bank2", "notary", "exchange", "ipcenter", "court", "regulator"}
	official := []string{"notary", "exchange", "ipcenter", "court", "regulator"}
	owner := append([]string{"enterprise", "bank", "bank2"}, official...)
	parties := append([]string{"enterprise", "bank"}, official...)
	for _, tt := range []struct {
		method, path string
		body         any
		who          []string
	}{
		{"GET", "/v1/network", nil, all},
		{"GET", "/v1/parties/" + s.keys["bank"].Party(), nil, all},
		{"GET", "/v1/assets", nil, all},
		{"GET", "/v1/assets/" + asset, nil, owner},
		{"GET", "/v1/assets/" + asset + "?as_of=5", nil, nil},
		{"GET", "/v1/assets/" + asset + "/history", nil, owner},
		{"GET", "/v1/assets/" + asset + "/files/a.csv", nil, []string{"enterprise"}},
		{"GET", "/v1/evidence/" + asset, nil, owner},
		{"GET", "/v1/pledges", nil, all},
		{"GET", "/v1/pledges/" + p.ID, nil, parties},
		{"GET", "/v1/pledges/" + p.ID + "/history", nil, parties},
		{"GET", "/v1/evidence/" + p.ID, nil, parties},
		{"POST", "/v1/pledges/" + p.ID + "/custody-check", map[string]string{"depth": "full"}, []string{"enterprise", "bank", "exchange"}},
		{"POST", "/v1/verifications", map[string]string{"asset_id": asset}, all},
		{"POST", "/v1/searches", map[string]string{"asset_id": asset}, all},
		{"GET", "/v1/events?follow=false", nil, all},
		{"POST", "/v1/uploads", map[string]string{"name": "x"}, []string{"enterprise", "enterprise2"}},
		{"GET", upload, nil, []string{"enterprise"}},
		{"POST", upload + "/seal", nil, nil},
		{"DELETE", upload, nil, []string{"enterprise"}},
	} {
		if tt.who == nil {
			continue
		}
		for _, who := range all {
			if tt.method == "DELETE" && who == "enterprise" {
				continue // last, below
			}
			want := http.StatusForbidden
			for _, w := range tt.who {
				if w == who {
					want = http.StatusOK
				}
			}
			a := s.ask(tt.method, tt.path, who, tt.body)
			if a.status == http.StatusCreated {
				a.status = http.StatusOK
			}
			if a.status != want {
				t.Errorf("%s %s by %s: got %d %.200s, want %d", tt.method, tt.path, who, a.status, a.body, want)
			}
		}
		if tt.path != "/v1/network" {
			s.ask(tt.method, tt.path, "", tt.body).want(401, "unsigned")
		}
	}
	s.ask("DELETE", upload, "enterprise", nil).want(204, "")
}

func (s *stack) ask(method, path, as string, body any) answer {
	s.t.Helper()
	if body != nil {
		return s.post(path, as, body)
	}
	return s.do(method, path, as, nil)
}

func TestListsShowWhatTheCallerMaySee(t *testing.T) {
	s := newStack(t)
	mine, _ := s.notarize("enterprise", "birds", map[string]string{"a.csv": "1"})
	_, _ = s.notarize("enterprise2", "fish", map[string]string{"f.csv": "2"})
	s.pending("enterprise", "bank", mine)
	for _, tt := range []struct {
		path, who string
		want      int
	}{
		{"/v1/assets", "enterprise", 1}, {"/v1/assets", "enterprise2", 1}, {"/v1/assets", "bank", 2}, {"/v1/assets", "court", 2},
		{"/v1/assets?owner=" + usccs["enterprise2"], "enterprise", 0}, {"/v1/assets?owner=" + usccs["enterprise2"], "bank", 1},
		{"/v1/assets?q=bir", "bank", 1}, {"/v1/assets?status=REVOKED", "bank", 0}, {"/v1/assets?limit=1", "bank", 1},
		{"/v1/pledges", "enterprise", 1}, {"/v1/pledges", "enterprise2", 0}, {"/v1/pledges", "bank", 1}, {"/v1/pledges", "bank2", 0},
		{"/v1/pledges?pledgee=" + usccs["bank"], "bank2", 0}, {"/v1/pledges", "notary", 1},
	} {
		var list struct {
			Items []json.RawMessage `json:"items"`
		}
		s.get(tt.path, tt.who).want(200, "").decode(&list)
		if len(list.Items) != tt.want {
			t.Errorf("%s by %s: got %d, want %d", tt.path, tt.who, len(list.Items), tt.want)
		}
	}
	for _, bad := range []string{"limit=0", "limit=201", "limit=x", "limit=5x", "limit=-1", "cursor=zzz"} {
		s.get("/v1/assets?"+bad, "bank").want(400, "malformed")
	}
}
