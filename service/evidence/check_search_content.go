package evidence

import (
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// likeShare is from how many basis points of rows on a search tells the liens
// of an asset of like content.
const likeShare = pledge.ReviewShare

// comparison is what a search says of comparing content. That the shares are
// right is its word: the sketches are not in the package.
type comparison struct {
	compared, complete bool
	sketch             string
	matches            []match
}

type match struct {
	id, owner string
	share     int64 // the larger of the two
	liens     []string
}

func (s *search) readContent(f *fields) error {
	if !f.has("content") {
		return nil // of before there was any
	}
	c := fieldsOf(f.object("content"), "content")
	s.content = &comparison{compared: c.truth("compared"), complete: c.truth("complete")}
	if c.has("sketch") {
		s.content.sketch = c.text("sketch")
	}
	for _, n := range c.list("matches") {
		m, err := readMatch(n)
		if err != nil {
			return err
		}
		s.content.matches = append(s.content.matches, m)
	}
	return firstOf(f.error(), c.error())
}

func readMatch(n node) (match, error) {
	f := fieldsOf(n, "content.matches")
	share, other := fieldsOf(f.object("share"), "content.matches.share"), fieldsOf(f.object("other_share"), "content.matches.other_share")
	m := match{id: f.text("asset_id"), owner: f.text("owner"), share: max(share.number("bp"), other.number("bp"))}
	for _, id := range f.list("liens") {
		m.liens = append(m.liens, id.text)
	}
	return m, firstOf(f.error(), share.error(), other.error())
}

// alike holds what a search tells of like content against what else it tells.
func (s *search) alike() error {
	if s.content == nil {
		s.content = &comparison{}
	}
	if !s.content.compared && len(s.content.matches) > 0 {
		return faultf("content.matches", "are there, and nothing was compared")
	}
	if s.complete && s.content.compared && !s.content.complete {
		return faultf("complete", "the list of what is alike was cut")
	}
	seen := map[string]bool{}
	for _, m := range s.content.matches {
		if seen[m.id] {
			return faultf("content.matches", "%.40q stands twice", m.id)
		}
		if seen[m.id] = true; m.share >= likeShare && s.complete && !s.looked[m.id] {
			return faultf("complete", "%.40q, which is like the content, was not looked at", m.id)
		}
	}
	return s.viaContent()
}

// viaContent wants what was looked at for its content to be a match, and the
// matches that were looked at to have the owner and the liens told elsewhere.
func (s *search) viaContent() error {
	for _, a := range s.assets {
		i := slices.IndexFunc(s.content.matches, func(m match) bool { return m.id == a.id })
		if i < 0 && a.via == "content" {
			return faultf("assets.via", "%.40q is not like the content", a.id)
		}
		if i < 0 {
			continue
		}
		m := s.content.matches[i]
		var on []string
		for _, l := range s.on[a.id] {
			on = append(on, l.pledge)
		}
		if a.via == "content" && m.share < likeShare || m.owner != a.owner || !slices.Equal(m.liens, on) {
			return faultf("content.matches", "%.40q is told in two ways", a.id)
		}
	}
	return nil
}

// sameSketch: what was compared for an asset is what its custodian signed for.
func (s *search) sameSketch(a searchedAsset, n node) error {
	if a.via != "asset" || s.content == nil || s.content.sketch == "" {
		return nil
	}
	found, _ := n.get("preflight")
	if textIn(found, "sketch") != s.content.sketch {
		return faultf("content.sketch", "is not that of %s", a.id)
	}
	return nil
}

// againstContent says what is like what was searched, or that nobody compared.
func (c *checker) againstContent(x *comparison) {
	if x == nil || !x.compared {
		c.against("content-uncompared", "", "", "")
		return
	}
	for _, m := range x.matches {
		if m.share >= likeShare {
			c.against("content-alike", m.id, "", fmt.Sprintf("%d.%02d %%", m.share/100, m.share%100))
		}
	}
}
