package pledge_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"pgregory.net/rapid"
)

// lifetime is a random history of the whole life, one command a transaction.
type lifetime struct {
	*history
	files map[string][]pledge.File // of each asset, as it stands
	grown map[string][]pledge.File // by a version that was drawn
	line  map[string]line          // of each act, by name
}

func newLifetime(w *world, r *rapid.T) *lifetime {
	h := &lifetime{history: &history{world: w, r: r}, files: map[string][]pledge.File{}, grown: map[string][]pledge.File{}, line: map[string]line{}}
	w.recipient(w.bank, "age1bank")
	w.recipient(w.bank2, "age1bank2")
	for _, l := range append(slices.Clone(pledgeLaw), assetLaw...) {
		if l.act != "scan" && l.act != "attest" && l.act != "value" {
			h.line[l.act] = l
		}
	}
	return h
}

// some are files of a small pool, so that assets overlap and grow.
func (h *lifetime) some(name string, from int) (files []pledge.File) {
	for i := range rapid.IntRange(1, 2).Draw(h.r, name) {
		files = append(files, file(fmt.Sprint("f", from+i), fmt.Sprint("F", from+i), int64(60+from+i)))
	}
	return files
}

// start notarizes two assets of one owner and one of another, with a pledge or
// two in force on the first.
func (h *lifetime) start() {
	for i, by := range []*actor{h.owner, h.owner, h.other} {
		files := h.some("files", []int{0, 4, rapid.SampledFrom([]int{2, 3, 4, 1}).Draw(h.r, "like")}[i])
		id := h.do(by, pledge.AssetNotarize, h.dataset(by, fmt.Sprint("asset ", i), files...))
		h.assets, h.files[id] = append(h.assets, id), files
		h.now = h.now.Add(time.Second)
	}
	if len(h.asset(h.assets[0]).DisputedWith) > 0 {
		return
	}
	mode := rapid.SampledFrom([]string{"ranked", "ranked", "exclusive"}).Draw(h.r, "mode")
	t := h.someTerms(mode)
	t.Checks = []string{"attest"}
	h.pledges = append(h.pledges, h.active(h.assets[0], h.bank, t))
	if mode == "ranked" {
		next := h.ready(h.assets[0], h.bank2, h.someTerms(mode))
		h.do(h.bank, pledge.PledgeConsent, h.agree(next))
		h.do(h.bank2, pledge.PledgeRegister, h.registration(next))
		h.pledges = append(h.pledges, next)
	}
	if len(h.asset(h.assets[1]).DisputedWith) == 0 && rapid.Bool().Draw(h.r, "both pledged") {
		h.pledges = append(h.pledges, h.active(h.assets[1], h.bank2, h.someTerms("exclusive")))
	}
}

func (h *lifetime) someTerms(mode string) pledge.Terms {
	t := terms(mode)
	t.Matures, t.Expires, t.GraceDays = "2027-06-01", "2027-08-01", rapid.SampledFrom([]int{0, 1, 5}).Draw(h.r, "grace")
	t.Covenants = rapid.SampledFrom([][]string{nil, {"self_sale"}, {"add_version", "self_sale"}}).Draw(h.r, "covenants")
	return t
}

// drawn is a command that is about to be tried.
type drawn struct {
	act  string
	by   *actor
	name pledge.Act
	body any
}

// next draws an act about a pledge or an asset, and who signs it: mostly who
// may, one after the other where there are several, now and then a stranger.
func (h *lifetime) next() []drawn {
	s, act := h.target()
	name, body, ok := h.bodyOf(s, act)
	if !ok {
		return nil
	}
	quorum := strings.Fields(rapid.SampledFrom(strings.Split(h.line[act].signers, " | ")).Draw(h.r, "quorum"))
	if rapid.IntRange(0, 3).Draw(h.r, "alone") == 0 {
		quorum = quorum[:1]
	}
	var list []drawn
	for _, q := range quorum {
		by := s.cast[q]
		if by == nil || rapid.IntRange(0, 14).Draw(h.r, "stray") == 0 {
			by = h.anyone()
		}
		list = append(list, drawn{act, by, name, body})
	}
	return list
}

// target is what the next act is about.
func (h *lifetime) target() (*scene, string) {
	asset := rapid.SampledFrom(h.assets).Draw(h.r, "asset")
	if len(h.pledges) == 0 || rapid.IntRange(0, 4).Draw(h.r, "about") == 0 {
		can := "propose add-version add-version transfer transfer license notarize certificate keep both object notify lodge over dismiss freeze unfreeze correct"
		if rapid.IntRange(0, 7).Draw(h.r, "ends") == 0 {
			can = "give-up give-way uphold revoke"
		}
		s := h.scene(pledge.Pledge{AssetID: asset})
		s.ofAsset = true
		return s, rapid.SampledFrom(strings.Fields(can)).Draw(h.r, "act")
	}
	ids := h.pledges[max(0, len(h.pledges)-5):]
	if list := h.asset(asset).InForce; len(list) > 0 && rapid.IntRange(0, 3).Draw(h.r, "in force") > 0 {
		ids = []string{list[0].PledgeID, list[len(list)-1].PledgeID}
	}
	p := h.pledge(rapid.SampledFrom(ids).Draw(h.r, "pledge"))
	return h.scene(p), h.actFor(p)
}

// actFor is mostly something that the law allows in the state of a pledge.
func (h *lifetime) actFor(p pledge.Pledge) string {
	if rapid.IntRange(0, 9).Draw(h.r, "anything") == 0 {
		return rapid.SampledFrom(slices.Sorted(maps.Keys(h.line))).Draw(h.r, "act")
	}
	if on := h.goesOn(p); on != "" && rapid.IntRange(0, 1).Draw(h.r, "go on") > 0 {
		return rapid.SampledFrom(strings.Fields(on)).Draw(h.r, "act")
	}
	var can []string
	for _, word := range strings.Fields(pledgeStates[p.State]) {
		act, _, moves := strings.Cut(word, ">")
		if _, ok := h.line[act]; ok && act != "revoke" && act != "uphold" {
			can = append(can, act)
			if moves && act != "withdraw" && act != "release" && act != "force" {
				can = append(can, act)
			}
		}
	}
	return rapid.SampledFrom(can).Draw(h.r, "act")
}

// goesOn is what usually comes next in the life of a pledge.
func (h *lifetime) goesOn(p pledge.Pledge) string {
	switch {
	case p.State == "PROPOSED":
		return "accept"
	case p.State == "PENDING" && (p.Custody == nil || p.Custody.At < h.now.AddDate(0, 0, -1).Format(form)):
		return "custody"
	case p.State == "PENDING":
		return "register register consent"
	case p.State == "ACTIVE" && p.DefaultNotice == nil:
		return "notice amend extend subordinate assign consent-transfer demand alert-tamper"
	case p.State == "ACTIVE":
		return "declare"
	case p.State == "DEFAULTED":
		return "sale-clause sale-agreed litigation cure assign"
	case p.State == "ENFORCING":
		return "key realize realize"
	}
	return ""
}

// scene is a pledge as it is, with everybody by the name of his place in it.
func (h *lifetime) scene(p pledge.Pledge) *scene {
	s := &scene{world: h.world, p: p, a: h.asset(p.AssetID)}
	s.cast = map[string]*actor{"custodian": h.exchange, "exchange": h.exchange2, "notary": h.notary, "centre": h.centre, "court": h.court,
		"regulator": h.regulator, "senior": h.aBank(), "junior": h.aBank(), "bank": h.bank, "next": h.bank2, "buyer": h.other, "pledgor": h.ownerOf(s.a.ID)}
	if p.ID != "" {
		s.cast["pledgor"], s.cast["pledgee"] = h.partyOf(p.Pledgor), h.partyOf(p.Pledgee)
	} else {
		s.cast["pledgee"] = h.aBank()
	}
	if s.cast["pledgee"] == h.bank2 {
		s.cast["next"] = h.bank
	}
	if s.cast["pledgor"] == h.other {
		s.cast["buyer"] = h.owner
	}
	for _, f := range s.a.InForce {
		if f.PledgeID != p.ID {
			s.junior = f
			s.cast["junior"], s.cast["senior"] = h.partyOf(f.Pledgee), h.partyOf(s.a.InForce[0].Pledgee)
		}
	}
	s.rival = h.asset(rapid.SampledFrom(append(slices.Clone(s.a.DisputedWith), h.assets[0])).Draw(h.r, "rival"))
	s.cast["rival"] = h.ownerOf(s.rival.ID)
	return s
}
