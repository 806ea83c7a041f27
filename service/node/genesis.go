package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

// member is a party that a trial starts with. The names and numbers are made
// up; the numbers are well-formed (GB 32100-2015).
type member struct {
	role        pledge.Role
	party, name string
}

func members() []member {
	return []member{
		{pledge.RoleIPCentre, "12330100MADEUP013P", "IP Centre 知识产权服务中心 (demo)"},
		{pledge.RoleNotary, "32330100MADEUP021G", "Notary Office 公证处 (demo)"},
		{pledge.RoleExchange, "91330100MADEUP03X5", "Data Exchange 数据交易所 (demo)"},
		{pledge.RoleCourt, "11330100MADEUP048D", "Court 法院 (demo)"},
		{pledge.RoleRegulator, "11330100MADEUP0568", "Regulator 监管机构 (demo)"},
		{pledge.RoleBank, "91330100MADEUP064T", "Bank 银行 (demo)"},
	}
}

// TrialParty is the made-up USCC of the institution that a trial has in a role,
// empty where it has none.
func TrialParty(role pledge.Role) string {
	for _, m := range members() {
		if m.role == role {
			return m.party
		}
	}
	return ""
}

// operatorKey is the name of the key that signs blocks.
const operatorKey = "operator"

// prepare makes the folder, the members' keys and the genesis at the first
// start, and reads the genesis at every later one. What a start that was cut
// off left behind, the next one goes on from.
func prepare(c Config, now time.Time, log *slog.Logger) (pledge.Genesis, error) {
	if err := os.MkdirAll(filepath.Join(c.Data, "keys"), 0o700); err != nil {
		return pledge.Genesis{}, fmt.Errorf("making the data folder: %w", err)
	}
	path := filepath.Join(c.Data, "genesis.json")
	if err := unlost(c); err != nil {
		return pledge.Genesis{}, err
	}
	g, err := readGenesis(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return g, err
	}
	if _, err := os.Stat(ledgerPath(c)); err == nil {
		return g, fmt.Errorf("%s is missing, but there is a ledger: restore it, or start with an empty folder", path)
	}
	g, made, err := newGenesis(c, now)
	if err != nil {
		return g, err
	}
	if err := writeGenesis(path, g); err != nil {
		return g, fmt.Errorf("writing the genesis: %w", err)
	}
	log.Info("first start: made the members' keys; they are made up, for a trial", "folder", filepath.Join(c.Data, "keys"), "keys", strings.Join(made, ", "))
	return g, nil
}

// unlost refuses to start an empty ledger where there was one before: what
// the index and the bucket hold belongs to a ledger that is missing.
func unlost(c Config) error {
	left := ""
	switch {
	case exists(ledgerPath(c)):
		return nil
	case exists(indexPath(c)):
		left = indexPath(c)
	case c.Bucket.Kind == "dir" && holdsObjects(c.bucketPath()):
		left = c.bucketPath()
	default:
		return nil
	}
	return fmt.Errorf("the ledger %s is missing, but %s, which belongs to it, is still there: restore the ledger, or start with an empty folder", ledgerPath(c), left)
}

func holdsObjects(bucket string) bool {
	list, err := os.ReadDir(filepath.Join(bucket, "objects"))
	return err == nil && slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() != path.Dir(probeKey) })
}

// exists is also true of what cannot be looked at.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func newGenesis(c Config, now time.Time) (g pledge.Genesis, made []string, err error) {
	if err := ensureKey(c.keyFile(operatorKey), "", ""); err != nil {
		return g, nil, err
	}
	made = append(made, operatorKey+".jwk")
	g = pledge.Genesis{V: pledge.Version, Channel: c.Channel, Created: now.UTC().Format(time.RFC3339)}
	for _, m := range members() {
		path := c.keyFile(string(m.role))
		if err := ensureKey(path, m.party, pledge.ScopeAdmin); err != nil {
			return g, nil, err
		}
		key, err := client.Load(path, nil)
		if err != nil {
			return g, nil, err
		}
		g.Members = append(g.Members, pledge.Member{Party: m.party, Name: m.name, Roles: []pledge.Role{m.role},
			Keys: []pledge.KeyGrant{{JWK: key.Public(), Scope: pledge.ScopeAdmin}}, Recipient: key.Recipient()})
		made = append(made, string(m.role)+".jwk")
	}
	return g, made, nil
}

// ensureKey makes a key file unless there is one: a lost key cannot be made again.
func ensureKey(path, party, scope string) error {
	key, err := client.New(client.Ed25519, party, scope)
	if err != nil {
		return fmt.Errorf("making %s: %w", path, err)
	}
	if err := key.Save(path, ""); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("making %s: %w", path, err)
	}
	return nil
}

func readGenesis(path string) (pledge.Genesis, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return pledge.Genesis{}, err
	}
	var g pledge.Genesis
	if err := pledge.StrictUnmarshal(data, &g); err != nil {
		return g, fmt.Errorf("%s is damaged: restore it from a copy; it must be the one that the ledger was made with: %w", path, err)
	}
	return g, nil
}

// writeGenesis writes the whole file or none, once.
func writeGenesis(path string, g pledge.Genesis) error {
	data, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".genesis-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(data, '\n'))
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func ledgerPath(c Config) string { return filepath.Join(c.Data, "ledger.db") }

func indexPath(c Config) string { return filepath.Join(c.Data, "index.db") }
