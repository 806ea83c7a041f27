package evidence_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
)

// FuzzChannelInside changes one file of a consortium's package, and lists,
// signs and packs it as its maker could: so the fuzzer reaches blocks,
// transactions and attestations. Nothing panics, and nothing passes but what
// is the same where it is signed.
func FuzzChannelInside(f *testing.F) {
	c := newChannel(f)
	trust := c.trust()
	sound := unpack(f, c.build(c.pledge))
	n := 0
	for name, data := range sound {
		if strings.HasPrefix(name, "onchain/") {
			f.Add(name, data)
			f.Add(name, data[:len(data)/2])
			n++
		}
	}
	if n < 30 {
		f.Fatalf("only %d seeds", n)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if sound[name] == nil || !strings.HasPrefix(name, "onchain/") {
			t.Skip()
		}
		changed := maps.Clone(sound)
		changed[name] = data
		r := check(t, changed.pack(t, c.exchange), trust)
		if r.OK() && strings.HasPrefix(name, "onchain/blocks/") && !sameSigned(data, sound[name]) {
			t.Errorf("%s was changed to %q and passed", name, data)
		}
		if !r.OK() && bytes.Equal(data, sound[name]) {
			t.Error(text(r))
		}
	})
}

// sameSigned says whether two blocks are the same but for their metadata,
// the unsigned part of which says nothing.
func sameSigned(a, b []byte) bool {
	var one, two common.Block
	if proto.Unmarshal(a, protoadapt.MessageV2Of(&one)) != nil || proto.Unmarshal(b, protoadapt.MessageV2Of(&two)) != nil {
		return false
	}
	return bytes.Equal(encode(&common.Block{Header: one.Header, Data: one.Data}), encode(&common.Block{Header: two.Header, Data: two.Data}))
}
