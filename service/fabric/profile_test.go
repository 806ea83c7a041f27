package fabric

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestCheckProfile holds that every bad profile names its cause and a remedy.
func TestCheckProfile(t *testing.T) {
	old, recent := time.Now().AddDate(-2, 0, 0), time.Now().AddDate(0, 0, -1)
	for _, test := range []struct {
		name   string
		spoil  func(*pki)
		cause  string // nothing: the profile is good
		remedy string
	}{
		{"Good", func(*pki) {}, "", ""},
		{"NamesInAnyCase", func(p *pki) { p.edit("tlsCACerts", "tlscacerts") }, "", ""},
		{"EmbeddedPEM", func(p *pki) {
			raw, _ := os.ReadFile(p.path("ca.pem"))
			p.edit("tlsCACerts: {path: "+p.path("ca.pem")+"}", `tlsCACerts: {pem: "`+strings.ReplaceAll(string(raw), "\n", `\n`)+`"}`)
		}, "", ""},
		{"NoProfile", func(p *pki) { _ = os.Remove(p.path("profile.yaml")) }, "no such file", "connection profile"},
		{"NotYAML", func(p *pki) { p.write("profile.yaml", "a: [") }, "yaml", "connection profile"},
		{"NotAMapping", func(p *pki) { p.write("profile.yaml", "[1]") }, "", "connection profile"},
		{"Empty", func(p *pki) { p.write("profile.yaml", "") }, "which organization", "client.organization"},
		{"MissingCertificate", func(p *pki) { _ = os.Remove(p.path("service.pem")) }, "service.pem does not exist", "put it there"},
		{"MissingKey", func(p *pki) { _ = os.Remove(p.path("service.key")) }, "service.key does not exist", "put it there"},
		{"MissingTLSCA", func(p *pki) { _ = os.Remove(p.path("ca.pem")) }, "ca.pem does not exist", "put it there"},
		{"ExpiredUser", func(p *pki) { p.issue("service", old, recent) }, `"service" expired on`, "issue another one"},
		{"ExpiredTLSCA", func(p *pki) { p.cert = nil; p.issue("ca", old, recent) }, `"ca" expired on`, "issue another one"},
		{"NotYetValid", func(p *pki) { p.issue("service", time.Now().Add(time.Hour), time.Now().AddDate(1, 0, 0)) }, "not valid before", "clock"},
		{"BadPEM", func(p *pki) { p.write("service.pem", "-----BEGIN CERTIFICATE-----\nnothing\n") }, "does not hold a PEM certificate", "in PEM form"},
		{"KeyInsteadOfCertificate", func(p *pki) { p.edit("service.pem", "service.key") }, "does not hold a PEM certificate", "in PEM form"},
		{"BadDER", func(p *pki) { p.write("ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") }, "ca.pem: x509", "copy the certificate again"},
		{"BadKey", func(p *pki) { p.write("service.key", "hush") }, "does not hold a PEM key", "in PEM form"},
		{"KeyOfAnother", func(p *pki) { p.valid("other"); p.edit("service.key", "other.key") }, "does not belong to the certificate", "for which the certificate was issued"},
		{"NoOrganization", func(p *pki) { p.edit("organization: ExchangeMSP", "organization: Nobody") }, `"Nobody" is not listed`, "client.organization"},
		{"NoMSP", func(p *pki) { p.edit("mspid: ExchangeMSP", "mspid: ''") }, "has no MSP id", "mspid"},
		{"NoUser", func(p *pki) { p.edit("users: {service:", "users: {somebody:") }, `"service" is not listed`, "name another user"},
		{"WrongChannel", func(p *pki) { p.edit("  pledge:\n", "  other:\n") }, `"pledge" is not in the profile, which has: other`, "correct the channel"},
		{"NoOrderers", func(p *pki) { p.edit("      - orderer0\n      - orderer1\n", "") }, "no orderers are listed", "list all orderers"},
		{"UnknownOrderer", func(p *pki) { p.edit("      - orderer1\n", "      - orderer7\n") }, "not described", "tlsCACerts"},
		{"NoPeers", func(p *pki) { p.edit("    peers:\n      Peer.Exchange: {}\n", "    peers: {}\n") }, "no peers are listed", "list the members' peers"},
		{"PeerOfNobody", func(p *pki) { p.edit("peers: [Peer.Exchange]", "peers: []") }, "no organization lists the peer", "organizations"},
		{"NotEncrypted", func(p *pki) { p.edit("grpcs://127.0.0.1:1'", "grpc://127.0.0.1:1'") }, "must be encrypted", "grpcs://"},
		{"NoCertificateNamed", func(p *pki) { p.edit(", tlsCACerts: {path: "+p.path("ca.pem")+"}", "") }, "neither path nor pem", "name the file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPKI(t)
			path := p.profile("127.0.0.1:1", "127.0.0.1:2")
			test.spoil(p)
			err := failed(CheckProfile(path, "service", "pledge"))
			if (err == nil) != (test.remedy == "") {
				t.Fatalf("got %v", err)
			}
			if err != nil && (!strings.Contains(err.Error(), test.cause) || !strings.Contains(err.Error(), test.remedy)) {
				t.Errorf("got %q, want the cause %q and the remedy %q", err, test.cause, test.remedy)
			}
			w, opened := openSDKWire(t.Context(), sdkOptions{Profile: path}.withDefaults())
			if (opened == nil) != (err == nil) {
				t.Errorf("checked: %v, opened: %v", err, opened)
			}
			if opened == nil {
				w.Close()
			}
		})
	}
}

// TestExpiresSoon holds that a certificate about to expire is worth a remark.
func TestExpiresSoon(t *testing.T) {
	p := newPKI(t)
	path := p.profile("127.0.0.1:1")
	p.issue("service", time.Now().Add(-time.Hour), time.Now().AddDate(0, 0, 7))
	for _, f := range CheckProfile(path, "service", "pledge") {
		if f.Check == "user service" && f.OK && strings.Contains(f.Cause, "expires on") {
			return
		}
	}
	t.Error("nothing is said of a certificate that expires in a week")
}
