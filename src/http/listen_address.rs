//! The address of a listener, as an operator writes it.

use std::{
    fmt,
    io::{self, ErrorKind},
    net::{Ipv6Addr, SocketAddr},
    str::FromStr,
};

use tokio::net::{TcpListener, lookup_host};

/// A host and a port: `127.0.0.1:8000`, `[::1]:8000`, `localhost:8000`, `:8000` for all addresses of the machine, or
/// `8000` for 127.0.0.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddress {
    /// An IP address or a name; `None` for all addresses.
    host: Option<String>,
    port: u16,
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || {
            "not an address and a port; write it like 127.0.0.1:8000, localhost:8000, [::1]:8000, or :8000 for all \
             addresses"
                .to_owned()
        };
        let (host, port) = text.rsplit_once(':').unwrap_or(("127.0.0.1", text));
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let is_valid = match bare {
            // A zone, as in fe80::1%eth0, is not a part of the address.
            Some(address) => address
                .split('%')
                .next()
                .is_some_and(|ip| ip.parse::<Ipv6Addr>().is_ok()),
            // An IPv6 address without brackets may end in what looks like a port.
            None => !host.contains(|letter: char| ":/[] ".contains(letter)),
        };
        if !is_valid {
            return Err(invalid());
        }
        let host = bare.unwrap_or(host);
        Ok(Self {
            host: Some(host.to_owned()).filter(|host| !host.is_empty() && host != "*"),
            port: port.parse().map_err(|_| invalid())?,
        })
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) if host.contains(':') => write!(f, "[{host}]:{}", self.port),
            host => write!(f, "{}:{}", host.as_deref().unwrap_or_default(), self.port),
        }
    }
}

impl ListenAddress {
    /// Returns the address at which a program on this machine reaches the server.
    pub fn on_this_machine(&self) -> Self {
        let host = match self.host.as_deref() {
            None | Some("0.0.0.0" | "::") => "localhost",
            Some(host) => host,
        };
        Self {
            host: Some(host.to_owned()),
            port: self.port,
        }
    }

    /// Binds the first address that the name resolves to and that is available, IPv4 before IPv6.
    ///
    /// # Errors
    /// If the name cannot be resolved, or no address is available; in use if one is.
    pub async fn bind(&self) -> io::Result<TcpListener> {
        let addresses: Vec<SocketAddr> = match &self.host {
            // On most systems, the first one accepts IPv4 too.
            None => vec![
                SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), self.port),
                SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), self.port),
            ],
            Some(host) => {
                let mut found: Vec<_> = lookup_host((host.as_str(), self.port)).await?.collect();
                found.sort_by_key(SocketAddr::is_ipv6);
                found
            }
        };
        let mut failure = ErrorKind::AddrNotAvailable.into();
        for address in addresses {
            match TcpListener::bind(address).await {
                Ok(listener) => return Ok(listener),
                Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_parsed() {
        for (text, expected) in [
            ("127.0.0.1:8001", "127.0.0.1:8001"),
            ("0.0.0.0:0", "0.0.0.0:0"),
            ("[::1]:8001", "[::1]:8001"),
            ("localhost:8001", "localhost:8001"),
            ("8001", "127.0.0.1:8001"),
            (":8001", ":8001"),
            ("*:8001", ":8001"),
        ] {
            let address: ListenAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), expected, "{text}");
        }
        for text in [
            "",
            ":",
            "0.0.0.0",
            "localhost",
            "localhost:",
            "localhost:http",
            "localhost:70000",
            "::1",
            "::1:8001",
            "[]:8001",
            "[*]:8001",
            "[localhost]:8001",
            "http://localhost:8001",
            "local host:8001",
        ] {
            let error = text.parse::<ListenAddress>().unwrap_err();
            assert!(error.contains("localhost:8000"), "{text}: {error}");
        }
    }
}
