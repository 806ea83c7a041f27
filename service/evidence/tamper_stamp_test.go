package evidence_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

// onStamp is a row about the time stamp of block 2.
func onStamp(name, holds string, change func(t *testing.T, s *stamped, f contents)) []tampering {
	return []tampering{{"solo", name, holds, evidence.CheckTimeStamps, stampFile(2), func(t *testing.T) evidence.Report {
		s := newStamped(t)
		f, trust := unpack(t, s.build()), s.trust()
		change(t, s, f)
		return check(t, f.pack(t, s.exchange), trust)
	}}}
}

// stampSaying is a row about a member of the file of a time stamp.
func stampSaying(name string, change func(m map[string]any)) []tampering {
	return onStamp(name, packer, func(t *testing.T, s *stamped, f contents) { f.edit(t, stampFile(2), change) })
}

// tokenBy is a row about a token that the trusted authority's name is on.
func tokenBy(name, holds string, token func(t *testing.T, s *stamped) []byte) []tampering {
	return onStamp(name, holds, func(t *testing.T, s *stamped, f contents) {
		der := token(t, s)
		f.edit(t, stampFile(2), func(m map[string]any) { m["token"] = base64.RawURLEncoding.EncodeToString(der) })
	})
}

func stampPaths() []tampering {
	return slices.Concat(
		stampSaying("a path that leads elsewhere", func(m map[string]any) { m["path"].([]any)[0] = hash("x") }),
		stampSaying("a path too short", func(m map[string]any) { m["path"] = []string{} }),
		stampSaying("another run of blocks", func(m map[string]any) { m["first"] = 1 }),
		stampSaying("of another channel", func(m map[string]any) { m["channel"] = "other" }),
		onStamp("that of another block", packer, func(t *testing.T, s *stamped, f contents) { f[stampFile(2)] = f[stampFile(3)] }),
	)
}

func stampTokens() []tampering {
	return slices.Concat(
		tokenBy("forged in the name of a trusted root and its key", authority, func(t *testing.T, s *stamped) []byte {
			return forgedBelow(t, s.authority.Root).Stamp(t, s.run.Root(), nil)
		}),
		tokenBy("by an authority of its own, over other blocks", authority, func(t *testing.T, s *stamped) []byte {
			return stamptest.New(t, stamptest.ECDSA(t), nil).Stamp(t, [32]byte{1}, nil)
		}),
		tokenBy("its time moved back after it was signed", packer, func(t *testing.T, s *stamped) []byte {
			return s.authority.Stamp(t, s.run.Root(), func(p *stamptest.Token) {
				p.Touch = movedBack
			})
		}),
		tokenBy("over other blocks", packer+"; the authority stamps what it is sent", func(t *testing.T, s *stamped) []byte {
			return s.authority.Stamp(t, [32]byte{1}, nil)
		}),
		tokenBy("its signature damaged", packer, func(t *testing.T, s *stamped) []byte {
			der := slices.Clone(s.token)
			der[len(der)-1] ^= 1
			return der
		}),
		tokenBy("of a later time than the authority's certificate", authority+", and the authority's key after its end", func(t *testing.T, s *stamped) []byte {
			return s.authority.Stamp(t, s.run.Root(), func(p *stamptest.Token) { p.Time = "20300101000000Z" })
		}),
	)
}
