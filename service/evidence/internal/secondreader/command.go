package secondreader

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// key of a party, enrolled at a place and perhaps revoked at another.
type key struct {
	party, kid    string
	jwk           object
	roles         []string
	from, revoked *place
}

func (r *reader) register() {
	for _, m := range r.founding.genesis.objects("members") {
		for _, k := range m.objects("keys") {
			r.enrol(m.text("party"), k.object("jwk"), m.texts("roles"), r.founding.at)
		}
	}
	for _, p := range r.all() {
		if p.bad != nil {
			continue
		}
		p.by = r.keyOf(p.said.text("by"), p.jws.kid)
		if p.signed == nil && p.by != nil {
			p.signed = p.jws.verify("datapledge+jws", p.by.jwk)
		}
		if p.signed == nil && p.by != nil && p.by.revoked == nil {
			r.keyed(p)
		}
	}
}

func (r *reader) keyOf(party, kid string) *key {
	for _, k := range r.keys {
		if k.party == party && k.kid == kid {
			return k
		}
	}
	return nil
}

func (r *reader) enrol(party string, jwk object, roles []string, at place) {
	if jwk != nil {
		r.keys = append(r.keys, &key{party: party, kid: thumbprint(jwk), jwk: jwk, roles: roles, from: &at})
	}
}

// keyed does what a command does to the keys of parties.
func (r *reader) keyed(p *proof) {
	body := p.said.object("body")
	party := body.text("party")
	switch p.said.text("act") {
	case "party.enroll":
		for _, k := range body.objects("keys") {
			r.enrol(party, k.object("jwk"), body.texts("roles"), p.at)
		}
	case "party.add_key":
		var roles []string
		for _, k := range r.keys {
			if k.party == party {
				roles = k.roles
			}
		}
		r.enrol(party, body.object("key").object("jwk"), roles, p.at)
	case "party.revoke_key":
		if k := r.keyOf(party, body.text("kid")); k != nil && k.revoked == nil {
			k.revoked = &p.at
		}
	}
}

func (r *reader) eachCommand(do func(p *proof) error) error {
	for _, p := range r.all() {
		if err := do(p); err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
	}
	return nil
}

func (r *reader) commandID() error {
	return r.eachCommand(func(p *proof) error {
		if p.planned != nil {
			return p.planned
		}
		if !p.within && inside(p.file) != p.id() || p.outcome.text("command_id") != p.id() || p.outcome.text("status") != "applied" {
			return errors.New("another command, or one that was refused")
		}
		if r.solo && !p.within {
			if err := p.outcome.only("command_id", "record_id", "status"); err != nil {
				return err
			}
		}
		prefix := map[string]string{"asset.notarize": "as_", "pledge.propose": "pl_"}[p.said.text("act")]
		s := sha256.Sum256([]byte(p.jws.input))
		id := prefix + strings.ToLower(base32.StdEncoding.EncodeToString(s[:]))[:26]
		return must(prefix == "" || p.outcome.text("record_id") == id, "the record's id does not follow from the command")
	})
}

func (r *reader) commandSignature() error {
	return r.eachCommand(func(p *proof) error { return p.signed })
}

func (r *reader) enrolled() error {
	return r.eachCommand(func(p *proof) error { return must(p.by != nil, "no key of that party") })
}

func (r *reader) notRevoked() error {
	return r.eachCommand(func(p *proof) error {
		return must(p.by.revoked == nil || p.at.compare(*p.by.revoked) <= 0, "the key was revoked before")
	})
}

// last is the value that was written last under a key, up to a block.
func (r *reader) last(key string, upTo int64) (value string, ok bool) {
	for _, w := range r.states {
		if w.key == key && w.at.block <= upTo {
			value, ok = w.value, true
		}
	}
	return value, ok
}

const ever = 1<<63 - 1

func (r *reader) same(file, key string) error {
	value, ok := r.last(key, ever)
	return must(ok && value == string(r.files[file]), "%s: not what the ledger has under %s", file, key)
}

func (r *reader) parties() error {
	for _, name := range r.named("party") {
		if err := r.same(name, "v1/party/"+inside(name)); err != nil {
			return err
		}
	}
	return r.eachCommand(func(p *proof) error {
		return must(r.files["parties/"+p.said.text("by")+".json"] != nil, "the party is not here")
	})
}

func (r *reader) record() error {
	if r.kind() == "search" {
		return nil
	}
	if err := errors.Join(r.same("record.json", "v1/"+r.kind()+"/"+r.manifest.text("record_id")), r.agreed("record.json")); err != nil || r.kind() != "pledge" {
		return err
	}
	if err := r.agreed("asset.json"); err != nil {
		return err
	}
	return r.same("asset.json", "v1/asset/"+r.assetID())
}

// formerManifests: beside that of the newest version there may be those before.
func (r *reader) formerManifests(asset object, newest string) bool {
	names := r.named("manifest")
	for _, name := range names {
		known := slices.ContainsFunc(asset.objects("versions"), func(v object) bool { return v.text("fingerprint") == "sha256:"+inside(name) })
		if name != newest && (!known || sum(r.files[name]) != inside(name)) {
			return false
		}
	}
	return slices.Contains(names, newest)
}

func (r *reader) assetID() string {
	if r.kind() == "asset" {
		return r.manifest.text("record_id")
	}
	v, _ := parse(r.files["record.json"])
	o, _ := v.(object)
	return o.text("asset_id")
}

// asset is the record of the package's asset and the command that brought its
// newest version.
func (r *reader) asset() (object, *proof) {
	file := "record.json"
	if r.kind() == "pledge" {
		file = "asset.json"
	}
	v, _ := parse(r.files[file])
	o, _ := v.(object)
	var last *proof
	for _, p := range r.all() {
		act := p.said.text("act")
		if (act == "asset.notarize" || act == "asset.add_version") && p.outcome.text("record_id") == r.assetID() {
			last = p
		}
	}
	return o, last
}

func (r *reader) receiptSignature() error {
	if !r.ofAsset() {
		return nil
	}
	_, made := r.asset()
	payload, k, err := r.opened(string(r.files["custody/receipt.jws"]), "datapledge+jws", "exchange")
	if err != nil || made == nil {
		return fmt.Errorf("no receipt of a notarization: %v", err)
	}
	v, _ := parse(payload)
	said, _ := v.(object)
	late := k.from.compare(made.at) > 0 || k.revoked != nil && k.revoked.compare(made.at) < 0
	return must(said.text("by") == k.party && !late, "by another party, or a key that was not good then")
}

func (r *reader) receiptMatches() error {
	if !r.ofAsset() {
		return nil
	}
	asset, made := r.asset()
	j, err := splitJWS(string(r.files["custody/receipt.jws"]))
	if err != nil || made == nil || made.said.object("body").text("custody_receipt") != string(r.files["custody/receipt.jws"]) {
		return errors.New("not the receipt of the notarization")
	}
	v, _ := parse(j.payload)
	said, _ := v.(object)
	body := said.object("body")
	for _, name := range []string{"fingerprint", "files", "size", "manifest_root", "sm3_fingerprint"} {
		if name == "sm3_fingerprint" && asset[name] == nil {
			continue // the receipt may say more than the asset
		}
		if print(body[name]) != print(asset[name]) {
			return fmt.Errorf("another %s", name)
		}
	}
	if said, kept := preflight(body), preflight(asset); said != kept {
		return errors.New("another preflight")
	}
	return must(said.text("act") == "custody.receipt" && said.text("on") == r.trust.text("channel") && body.text("owner") == made.said.text("by"), "a receipt of something else")
}

// preflight is what the custodian found, without the members that say nothing.
func preflight(o object) string {
	found, _ := o["preflight"].(object)
	out := object{}
	for name, v := range found {
		if s := print(v); s != `""` && s != "[]" && s != "0" {
			out[name] = v
		}
	}
	scores := object{"completeness": nil, "uniqueness": nil, "validity": nil, "consistency": nil, "timeliness": nil}
	for name, v := range found.object("scores") {
		scores[name] = v
	}
	out["scores"] = scores
	return print(out)
}

func (r *reader) fingerprint() error {
	if !r.ofAsset() {
		return nil
	}
	asset, made := r.asset()
	v, err := parse(r.files["manifest/files.json"])
	list, ok := v.([]any)
	if err != nil || !ok || print(v) != string(r.files["manifest/files.json"]) || made == nil || len(list) == 0 {
		return fmt.Errorf("files.json is no list: %v", err)
	}
	var text string
	var leaves []string
	var size int64
	for _, e := range list {
		f, _ := e.(object)
		if err := f.only("path", "root", "sha256", "size"); err != nil {
			return err
		}
		text += f.text("sha256") + "  " + f.text("path") + "\n"
		leaves = append(leaves, fmt.Sprintf("%d %s %s  %s\n", f.number("size"), f.text("sha256"), f.text("root"), f.text("path")))
		size += f.number("size")
	}
	name := "manifest/" + sum([]byte(text)) + ".txt"
	body, root := made.said.object("body"), fmt.Sprintf("%x", head(leaves))
	same := r.formerManifests(asset, name) && string(r.files[name]) == text && asset.text("fingerprint") == "sha256:"+sum([]byte(text)) &&
		asset.number("size") == size && asset.number("files") == int64(len(list)) && asset.text("manifest_root") == root
	if body.text("manifest_root") != "" {
		return must(same && body.text("manifest_root") == root, "not the files of the notarization")
	}
	return must(same && print(body["files"]) == print(v), "not the files of the notarization")
}
