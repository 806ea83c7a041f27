package evidence

import (
	"bytes"
	"strings"
	"testing"
)

func TestStrictJSON(t *testing.T) {
	for _, ok := range []string{
		`{}`, `[]`, `{"a":[1,-2,0],"b":{"c":null,"d":true,"e":false}}`, `"\u0001\"\\\n é 鸟 😀"`, `9223372036854775807`, `-9223372036854775808`,
		"{\"\U0001F600\":1,\"\uFB33\":2}", // UTF-16 order, not that of the bytes
	} {
		n, err := parseCanonical([]byte(ok))
		if err != nil {
			t.Errorf("%s: %v", ok, err)
		}
		if got := appendJSON(nil, n); string(got) != ok {
			t.Errorf("%s prints as %s", ok, got)
		}
	}
	for _, loose := range []string{` {}`, `{} `, `{"b":1,"a":2}`, `[1, 2]`, `"\u00e9"`, `"\/"`, `"\ud83d\ude00"`, "{\"\uFB33\":2,\"\U0001F600\":1}"} {
		if _, err := parseJSON([]byte(loose)); err != nil {
			t.Errorf("%s: %v", loose, err)
		}
		if _, err := parseCanonical([]byte(loose)); err == nil {
			t.Errorf("%s passed as canonical", loose)
		}
	}
	for _, bad := range []string{
		``, `{`, `[`, `"`, `{"a":1,"a":1}`, `{"a":{"b":1,"b":2}}`, `{"a":1}{}`, `{"a"}`, `{a:1}`, `[1,]`, `{"a":1,}`, `01`, `-0`, `1.0`, `1e3`, `+1`, `-`,
		`9223372036854775808`, `nul`, `"\x"`, `"\u12"`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`, `"\udc00\ud83d"`, "\"\x01\"", "\"\xff\"", "\ufeff{}",
		strings.Repeat("[", 100000), strings.Repeat("[", 40) + strings.Repeat("]", 40),
		"[" + strings.Repeat("0,", maxNodes) + "0]",
	} {
		if n, err := parseJSON([]byte(bad)); err == nil || n.kind != 0 {
			t.Errorf("%.40q was accepted", bad)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2],"b":{"c":null}}`, `"\u0001\"\\\n é 鸟 😀"`, ` [ true , false ] `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := parseJSON(data)
		if err != nil {
			return
		}
		printed := appendJSON(nil, n)
		again, err := parseCanonical(printed)
		if err != nil || !bytes.Equal(appendJSON(nil, again), printed) {
			t.Errorf("%q prints as %q, which is not canonical: %v", data, printed, err)
		}
	})
}

func TestMerkle(t *testing.T) {
	var leaves [][32]byte
	for n := uint64(1); n < 70; n++ {
		leaves = append(leaves, leafHash([]byte{byte(n)}))
		root := treeRoot(leaves)
		for i := range n {
			path := pathOf(int(i), leaves)
			if got, ok := rootFromPath(leaves[i], i, n, path); !ok || got != root {
				t.Fatalf("leaf %d of %d does not lead to the root", i, n)
			}
			if got, ok := rootFromPath(leaves[i], (i+1)%n, n, path); n > 1 && ok && got == root {
				t.Fatalf("leaf %d of %d passes at another place", i, n)
			}
			if _, ok := rootFromPath(leaves[i], i, n, append(path, root)); ok {
				t.Fatalf("leaf %d of %d: a path too long is taken", i, n)
			}
			if len(path) > 0 {
				if _, ok := rootFromPath(leaves[i], i, n, path[1:]); ok {
					t.Fatalf("leaf %d of %d: a path too short is taken", i, n)
				}
			}
		}
	}
	if _, ok := rootFromPath(leaves[0], 1, 1, nil); ok {
		t.Error("an index beyond the tree is taken")
	}
}

// pathOf is RFC 9162, section 2.1.3.1, by recursion.
func pathOf(m int, leaves [][32]byte) [][32]byte {
	if len(leaves) == 1 {
		return nil
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	if m < k {
		return append(pathOf(m, leaves[:k]), treeRoot(leaves[k:]))
	}
	return append(pathOf(m-k, leaves[k:]), treeRoot(leaves[:k]))
}
