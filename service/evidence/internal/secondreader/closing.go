package secondreader

import (
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// all are the commands and, behind each closing, those within it.
func (r *reader) all() (list []*proof) {
	for _, p := range r.proofs {
		list = append(append(list, p), p.inner...)
	}
	return list
}

// readClosing reads the commands of a closing. All of them name the plan that
// they make: what each is and who signs it, in their order.
func (p *proof) readClosing() error {
	var plan []any
	body := p.said.object("body")
	for _, text := range body.texts("commands") {
		in := &proof{file: p.file, at: p.at, time: p.time, command: text, within: true}
		if err := in.readInner(p); err != nil {
			return err
		}
		digest, err := in.digest()
		if err != nil {
			return err
		}
		plan = append(plan, object{"act": in.said.text("act"), "by": in.said.text("by"), "digest": digest})
		p.inner = append(p.inner, in)
	}
	for _, in := range p.inner {
		if in.said.text("closing") != "sha256:"+sum([]byte(print(plan))) {
			return errors.New("a command was signed for another closing")
		}
	}
	return body.only("commands")
}

func (p *proof) readInner(closing *proof) (err error) {
	if p.jws, err = splitJWS(p.command); err != nil {
		return err
	}
	v, err := parse(p.jws.payload)
	if err != nil {
		return err
	}
	p.said, _ = v.(object)
	p.outcome = object{}
	for _, w := range closing.writes {
		if w.key == "v1/command/"+p.said.text("by")+"/"+p.id() {
			v, _ := parse([]byte(w.value))
			p.outcome, _ = v.(object)
			p.outcome["command_id"] = p.id()
		}
	}
	return p.said.only("act", "by", "on", "at", "nonce", "body", "closing")
}

// digest is that of an act and its body, without what the body leaves unsaid.
func (p *proof) digest() (string, error) {
	act := p.said.text("act")
	body, err := pledge.DecodeBody(pledge.Act(act), []byte(print(p.said["body"])))
	if err != nil {
		return "", err
	}
	said, err := pledge.CanonicalJSON(body)
	return "sha256:" + sum(append([]byte(act+"\n"), said...)), err
}

// agreed wants the command of each who signed an act of several to be here and
// to say the same.
func (r *reader) agreed(file string) error {
	v, _ := parse(r.files[file])
	return r.agreements(v)
}

func (r *reader) agreements(v any) (err error) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			err = errors.Join(err, r.agreements(item))
		}
	case object:
		for _, stamp := range v.objects("signed") {
			err = errors.Join(err, r.agreement(v, stamp))
		}
		for _, member := range v {
			err = errors.Join(err, r.agreements(member))
		}
	}
	return err
}

func (r *reader) agreement(of, stamp object) error {
	for _, p := range r.all() {
		if p.said != nil && p.id() == stamp.text("command_id") {
			digest, err := p.digest()
			same := digest == of.text("digest") && p.said.text("act") == of.text("act") && p.said.text("by") == stamp.text("by")
			return errors.Join(err, must(same, "%s signed something else than %s", stamp.text("by"), of.text("act")))
		}
	}
	return fmt.Errorf("the command of %s that signed %s is not here", stamp.text("by"), of.text("act"))
}
