//! The IP address of the client, also behind proxies.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use clap::{Args, ValueEnum};
use ipnet::{IpNet, Ipv6Net};

/// The proxies in front of the server, and the header in which they forward client addresses.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Proxies {
    /// Trusted proxy networks whose forwarded headers are used, such as 10.0.0.0/8, separated by commas.
    #[arg(
        long = "trusted-proxies",
        env = "SISTERGRAPH_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        value_delimiter = ',',
        value_parser = parse_network
    )]
    pub trusted_networks: Vec<IpNet>,

    // The only header that is read: a proxy passes on the other one as the client sent it.
    /// Header in which trusted proxies forward the address of the client.
    #[arg(
        long = "client-address-from",
        env = "SISTERGRAPH_CLIENT_ADDRESS_FROM",
        value_enum,
        default_value = "x-forwarded-for"
    )]
    pub header: ForwardedHeader,
}

/// A header to which each proxy appends the address of its peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ForwardedHeader {
    /// The most common one.
    XForwardedFor,
    /// The header of RFC 7239.
    Forwarded,
}

/// Parses a network in CIDR notation, or a single address.
///
/// # Errors
/// If the text is neither.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address.or_else(|_| text.parse()).map_err(|_| {
        "not a network or an IP address; write it like 10.0.0.0/8, 2001:db8::/32, or 127.0.0.1"
            .to_owned()
    })
}

impl Proxies {
    /// The address of the client: that of the peer, or, if the peer is a trusted proxy, the
    /// right-most address of the header that is not one. The client may have made up those further
    /// left. If a proxy does not report an address, its own is returned.
    pub(super) fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let name = match self.header {
            ForwardedHeader::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            ForwardedHeader::Forwarded => header::FORWARDED,
        };
        let values: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
        // Split at every comma, even in quotes: a quote that a client leaves open must not hide the
        // addresses that proxies append.
        let mut hops = values
            .into_iter()
            .rev()
            .flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
        while self.trusts(client) {
            let hop = hops.next().and_then(|hop| self.parse_hop(hop));
            match hop {
                Some(hop) => client = hop,
                None => break,
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_networks
            .iter()
            .any(|net| net.contains(&address))
    }

    fn parse_hop(&self, hop: &[u8]) -> Option<IpAddr> {
        let hop = std::str::from_utf8(hop).ok()?;
        let text = match self.header {
            ForwardedHeader::XForwardedFor => hop.trim(),
            ForwardedHeader::Forwarded => forwarded_parameter(hop, "for")?,
        };
        // Some proxies add the port: `192.0.2.1:80` or `[2001:db8::1]:80`.
        let bare = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'));
        let address = bare.unwrap_or(text).parse::<IpAddr>();
        let address = address.or_else(|_| text.parse().map(|socket: SocketAddr| socket.ip()));
        address.ok().map(|address| address.to_canonical())
    }
}

/// Returns a parameter of an element of the header `Forwarded` (RFC 7239, section 4), without quotes.
pub(super) fn forwarded_parameter<'a>(element: &'a str, parameter: &str) -> Option<&'a str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let is_parameter = name.trim().eq_ignore_ascii_case(parameter);
        is_parameter.then(|| value.trim().trim_matches('"'))
    })
}

/// The key of a client in the rate limit: its IPv4 address, or its /64 network of IPv6, since
/// providers assign each customer at least that.
pub(super) fn rate_limit_key(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => {
            Ipv6Net::new(address, 64).map_or(client, |net| net.trunc().addr().into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: ForwardedHeader, peer: &str, values: &[&str]) -> String {
        let proxies = Proxies {
            trusted_networks: ["10.0.0.0/8", "2001:db8:1::/48"]
                .map(|net| net.parse().unwrap())
                .to_vec(),
            header,
        };
        let mut headers = HeaderMap::new();
        for value in values {
            let name = match header {
                ForwardedHeader::XForwardedFor => "x-forwarded-for",
                ForwardedHeader::Forwarded => "forwarded",
            };
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        proxies
            .client_address(peer.parse().unwrap(), &headers)
            .to_string()
    }

    #[test]
    fn the_client_is_the_right_most_untrusted_address() {
        for (peer, values, expected) in [
            // The peer is not a proxy, so its header is not read.
            ("192.0.2.1", &["198.51.100.7"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            // The client made up the first one.
            ("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            (
                "10.0.0.1",
                &["203.0.113.9", "198.51.100.7,10.2.3.4"],
                "198.51.100.7",
            ),
            ("10.0.0.1", &["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
            ("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7"),
            ("10.0.0.1", &["[2001:db8:2::7]:4711"], "2001:db8:2::7"),
            ("10.0.0.1", &["2001:db8:2::7"], "2001:db8:2::7"),
            ("2001:db8:1::5", &["::ffff:198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9, , 10.2.3.4"], "10.2.3.4"),
            ("10.0.0.1", &["é, 198.51.100.7"], "198.51.100.7"),
        ] {
            let actual = client(ForwardedHeader::XForwardedFor, peer, values);
            assert_eq!(actual, expected, "{peer} {values:?}");
        }
    }

    #[test]
    fn the_forwarded_header_is_parsed() {
        for (values, expected) in [
            (&["for=198.51.100.7"][..], "198.51.100.7"),
            (
                &["For=\"[2001:db8:2::7]:4711\";proto=https"],
                "2001:db8:2::7",
            ),
            (
                &[
                    "for=203.0.113.9",
                    "proto=https;for=198.51.100.7, for=10.9.9.9",
                ],
                "198.51.100.7",
            ),
            (&["for=198.51.100.7, for=_hidden"], "10.0.0.1"),
            (&["for=\"203.0.113.9, for=198.51.100.7"], "198.51.100.7"),
            (&["by=203.0.113.9"], "10.0.0.1"),
        ] {
            let actual = client(ForwardedHeader::Forwarded, "10.0.0.1", values);
            assert_eq!(actual, expected, "{values:?}");
        }
        // The other header is not read.
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("198.51.100.7"));
        let proxies = Proxies {
            trusted_networks: vec!["10.0.0.0/8".parse().unwrap()],
            header: ForwardedHeader::Forwarded,
        };
        let peer = "10.0.0.1".parse().unwrap();
        assert_eq!(proxies.client_address(peer, &headers), peer);
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        let key = |text: &str| super::rate_limit_key(text.parse().unwrap()).to_string();
        assert_eq!(key("2001:db8:2:3:4:5:6:7"), "2001:db8:2:3::");
        assert_eq!(key("198.51.100.7"), "198.51.100.7");
    }
}
