//! Law: no backend is skipped in silence.
//!
//! Every law runs on every backend that the CPU has, and says so where it lacks one.
//! A suite that passes because it tested nothing is worse than none, so SSE and AVX2 are
//! asked for on x86-64. The variable `LANEFOLD_TEST_BACKENDS` names others: continuous
//! integration emulates older CPUs, too, and asks for AVX-512 where the machine has it.

use lanefold::Backend;

/// The backend of that name, or a message that it is left out.
pub(crate) fn named(name: &str) -> Option<Backend> {
    let backend = Backend::from_name(name);
    if let Err(error) = &backend {
        println!("left out: {error}");
    }
    backend.ok()
}

#[test]
fn the_backends_of_this_machine_ran() {
    let ran: Vec<&str> = Backend::available().map(Backend::name).collect();
    println!("backends that ran: {}", ran.join(", "));
    let usual = if cfg!(target_arch = "x86_64") { "scalar sse avx2" } else { "scalar" };
    let wanted = std::env::var("LANEFOLD_TEST_BACKENDS").unwrap_or(usual.into());
    for name in wanted.split_whitespace() {
        assert!(ran.contains(&name), "{name} was not tested");
    }
}
