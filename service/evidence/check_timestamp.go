package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CheckTimeStamps is the name of the check of time stamps.
const CheckTimeStamps = checkStamps

// Limits of a time-stamp part.
const (
	maxStamp = 64 << 10 // bytes of a token
	maxPath  = 53       // the numbers of blocks have 53 bits
)

// StampedBlock says that a trusted time-stamping authority (RFC 3161) had seen
// the block, among those from First to Last, by Time.
type StampedBlock struct {
	Block     uint64 `json:"block"`
	Time      string `json:"time"`      // RFC 3339, by the authority's clock
	Authority string `json:"authority"` // the name in its certificate
	First     uint64 `json:"first"`
	Last      uint64 `json:"last"`
}

// timeStamps judges each time stamp in the package. One that is sound but of
// an authority that the trust file does not name is told and proves nothing:
// a trust file may be older than the authority. After as many bad ones as are
// told the others are left: a package may hold thousands. The error is ctx's.
func (c *checker) timeStamps(ctx context.Context) error {
	var unnamed int
	for _, f := range c.files {
		if roleOf(f.name) != "time-stamp" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.find(CheckTimeStamps).Failed == maxFailures {
			break
		}
		stamped, named, err := c.timeStamp(f)
		switch {
		case err != nil:
			c.note(CheckTimeStamps, f.name, err)
		case !named:
			unnamed++
		default:
			c.pass(CheckTimeStamps)
			c.TimeStamps = append(c.TimeStamps, stamped)
		}
	}
	c.unnamedStamps(unnamed)
	return nil
}

// unnamedStamps says why n sound time stamps prove nothing.
func (c *checker) unnamedStamps(n int) {
	if n == 0 {
		return
	}
	why := &Words{fmt.Sprintf("另有 %d 个，其机构的证书不能追溯到信任文件所列的时间戳根证书（timestamp_roots），不作为依据", n),
		fmt.Sprintf("there are %d by authorities that none of the trust file's timestamp_roots leads to: they prove nothing", n)}
	if len(c.trust.TimeStampRoots) == 0 {
		why = &Words{fmt.Sprintf("包内有 %d 个，但信任文件未列时间戳根证书（timestamp_roots），无从判断", n),
			fmt.Sprintf("there are %d, and the trust file has no timestamp_roots: no root to judge them by", n)}
	}
	c.find(CheckTimeStamps).Note = why
}

// timeStamp checks one: the block is under the root, the token over it. It is
// named when a root of the trust file leads to its authority.
func (c *checker) timeStamp(f file) (s StampedBlock, named bool, err error) {
	digits := strings.TrimSuffix(strings.TrimPrefix(f.name, dirStamps), ".json")
	number, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return s, false, faultf("", "is not named after a block")
	}
	hash, ok := c.hashOf(number)
	if !ok {
		return s, false, faultf("", "no command of the package is in block %d", number)
	}
	p, err := parseAnchored(f.data, "token")
	if err != nil {
		return s, false, err
	}
	root, err := p.over(c.trust.Channel, number, hash)
	if err != nil {
		return s, false, err
	}
	der, err := base64.RawURLEncoding.Strict().DecodeString(p.rest)
	if err != nil || strings.ContainsAny(p.rest, "\r\n") {
		return s, false, faultf("token", "is not base64url without padding")
	}
	said, err := c.stamps.verify(der, root)
	return StampedBlock{number, said.at.Format(time.RFC3339Nano), said.authority, p.first, p.last}, said.named, err
}

// hashOf is the hash of a block that something of the package is in.
func (c *checker) hashOf(number uint64) (string, bool) {
	if c.genesis.head.hash != "" && c.genesis.head.number == number {
		return c.genesis.head.hash, true
	}
	for _, cmd := range c.commands {
		if cmd.head.number == number {
			return cmd.head.hash, true
		}
	}
	return "", false
}

// anchored is a part that shows a block under the root of a batch.
type anchored struct {
	channel     string
	first, last uint64
	path        [][32]byte
	rest        string // the member that says what vouches for the root
}

func parseAnchored(data []byte, member string) (anchored, error) {
	n, err := parseCanonical(data)
	if err != nil {
		return anchored{}, err
	}
	f := fieldsOf(n, "")
	f.version()
	a := anchoredOf(f)
	a.rest = f.text(member)
	return a, f.rest()
}

// anchoredOf reads the members that every such part has.
func anchoredOf(f *fields) anchored {
	a := anchored{channel: f.text("channel"), first: uint64(f.number("first")), last: uint64(f.number("last"))}
	list := f.list("path")
	if len(list) > maxPath {
		f.fail("path", "has more than %d digests", maxPath)
		list = nil
	}
	for _, item := range list {
		sum, err := hex.DecodeString(item.text)
		if err != nil || len(sum) != sha256.Size || hex.EncodeToString(sum) != item.text {
			f.fail("path", "holds something that is no SHA-256 in lowercase hex")
			break
		}
		a.path = append(a.path, [32]byte(sum))
	}
	return a
}

// over is the root that the path leads to from a block.
func (a anchored) over(channel string, number uint64, hash string) ([32]byte, error) {
	if err := same("channel", a.channel, channel); err != nil {
		return [32]byte{}, err
	}
	if number < a.first || number > a.last {
		return [32]byte{}, faultf("first", "block %d is not among %d to %d", number, a.first, a.last)
	}
	leaf := appendJSON(nil, node{kind: '{', keys: []string{"channel", "hash", "number"}, list: []node{
		{kind: '"', text: channel}, {kind: '"', text: hash}, {kind: '0', num: int64(number)}}})
	root, ok := rootFromPath(leafHash(leaf), number-a.first, a.last-a.first+1, a.path)
	if !ok {
		return [32]byte{}, faultf("path", "has not the length for block %d of %d to %d", number, a.first, a.last)
	}
	return root, nil
}
