package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"

	"github.com/datapledge/datapledge/pledge"
)

// maxURL bounds a target in bytes.
const maxURL = 2048

// errForbidden: the service does not speak to such an address.
var errForbidden = errors.New("the address is not allowed")

// checkTarget refuses what cannot be delivered to, or must not be: where a
// name leads now, and by each dial again, because names can be led elsewhere.
func (h *Hooks) checkTarget(ctx context.Context, text string) error {
	u, err := h.parseTarget(text)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, h.o.Timeout)
	defer cancel()
	addrs, err := h.o.Resolve(ctx, u.Hostname())
	if err != nil || len(addrs) == 0 {
		return pledge.Errorf(pledge.Malformed, "url: %.80q has no address", u.Hostname())
	}
	for _, a := range addrs {
		if err := h.checkAddress(a); err != nil {
			return pledge.Errorf(pledge.Malformed, "url: %.80q does not lead to a public address", u.Hostname())
		}
	}
	return nil
}

func (h *Hooks) parseTarget(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxURL || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return nil, pledge.Errorf(pledge.Malformed, "url must be https://host/path of at most %d bytes", maxURL)
	case u.Scheme != "https" && (u.Scheme != "http" || !h.o.AllowHTTP):
		return nil, pledge.Errorf(pledge.Malformed, "url must be https")
	case u.User != nil:
		return nil, pledge.Errorf(pledge.Malformed, "url must hold no user and no password: deliveries are signed")
	case u.Fragment != "":
		return nil, pledge.Errorf(pledge.Malformed, "url must have no fragment")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, pledge.Errorf(pledge.Malformed, "url: %.10q is no port", port)
		}
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && (a.Zone() != "" || a.Is4In6()) {
		return nil, pledge.Errorf(pledge.Malformed, "url must not hold an address in another's form")
	}
	return u, nil
}

// never are addresses that no configuration allows: nobody's, everybody's, and
// the link's own, where clouds keep the credentials of their machines.
var never = prefixes("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32", "::/128", "fe80::/10", "ff00::/8")

// private are the other addresses that are not public (IANA's registries of
// special-purpose addresses; RFC 6890). Of IPv6 only 2000::/3 is public at all,
// so that NAT64 (64:ff9b::/96, 64:ff9b:1::/48) and fc00::/7 need no mention.
var private = prefixes("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
	"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

var publicV6 = netip.MustParsePrefix("2000::/3")

func prefixes(list ...string) (out []netip.Prefix) {
	for _, p := range list {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// checkAddress judges an IPv4 address in IPv6's form by the former: that is
// where it leads.
func (h *Hooks) checkAddress(a netip.Addr) error {
	plain := a.Unmap().WithZone("")
	if !plain.IsValid() || within(plain, never) {
		return errForbidden
	}
	if h.o.AllowPrivate {
		return nil
	}
	if a.Zone() != "" || within(plain, private) || plain.Is6() && !publicV6.Contains(plain) {
		return errForbidden
	}
	return nil
}

func within(a netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// resolve asks the system's resolver. The forms of an address that only some
// libraries read (127.1, 0x7f000001) go the same way as names.
func resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// dial connects to an address that was checked, and looks no name up again.
// One forbidden address among those of a name forbids the name.
func (h *Hooks) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	addrs, err := h.o.Resolve(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("looking up the host: %w", err)
	}
	for _, a := range addrs {
		if err := h.checkAddress(a); err != nil {
			return nil, err
		}
	}
	err = errors.New("the host has no address")
	for _, a := range addrs {
		var conn net.Conn
		if conn, err = (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}
