package service

import "github.com/datapledge/datapledge/pledge"

// Bounds of what is told of like content, in basis points of rows.
const (
	// LikeShare is from where an asset counts as like another: its liens are
	// told, and a scan must name it.
	LikeShare = pledge.ReviewShare
	// shownShare is from where a match is told at all.
	shownShare = 100
	// maxLike bounds the matches of one answer.
	maxLike = 200
)

// ContentAnswer is what comparing content showed. The shares of Matches are
// estimates from sketches. Why says why nothing was compared, or why not all.
type ContentAnswer struct {
	Compared bool    `json:"compared"`
	Why      *Text   `json:"why,omitempty"`
	Sketch   string  `json:"sketch,omitempty"` // digest of what was compared
	Complete bool    `json:"complete"`
	Matches  []Match `json:"matches"`
}

// Match is a registered asset of like content. Exact: its rows were counted,
// not estimated. Liens are the pledges in force on it, in order of rank.
type Match struct {
	Similar
	Owner string   `json:"owner"`
	Exact bool     `json:"exact,omitempty"`
	Liens []string `json:"liens"`
}

// alike says that an asset of like content must not be passed over.
func (m Similar) alike() bool { return m.larger() >= LikeShare }

func (m Similar) shown() bool { return m.larger() >= shownShare || m.columnsFound() }

// larger of the two shares: a dataset hides as well in a larger one as a larger
// one behind a part of it.
func (m Similar) larger() int { return max(m.Share.BP, m.OtherShare.BP) }

// columnsFound: half of the columns or more are there again by their values.
func (m Similar) columnsFound() bool { return m.Columns > 0 && 2*m.Columns >= m.OfColumns }

func (m Similar) exact() bool { return m.Share.counted() && m.OtherShare.counted() }

func (s Share) counted() bool { return s.Of > 0 && s.Low == s.High }

func pledgesOn(a *pledge.Asset) []string {
	ids := []string{}
	for _, in := range a.InForce {
		ids = append(ids, in.PledgeID)
	}
	return ids
}

func sketchOf(a *pledge.Asset) string {
	if a == nil || a.Preflight == nil {
		return ""
	}
	return a.Preflight.Sketch
}

// answer says what was compared, and found.
func (l likeness) answer(sketch string, matches []Match) *ContentAnswer {
	a := &ContentAnswer{Compared: l.why == nil, Why: l.why, Sketch: sketch, Complete: l.complete, Matches: matches}
	if a.Compared && !a.Complete {
		a.Why = &whyCut
	}
	return a
}
