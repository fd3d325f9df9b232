mod allocator; mod borrowed; mod columns; mod fused; mod naive; mod rungs; mod simd; mod statistics; mod workload;
fn main() {
    let rung: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let p = workload::Producers::new(); let l = p.labels();
    let events = p.events(&l, 240);
    let run = rungs::run(rung, &events);
    let mut s = run.latencies.clone(); s.sort_by(f64::total_cmp);
    println!("{rung} {:.2} M/s {:.1} ns/event p50 {:.3} p99 {:.3} worst {:.3} alloc {:.2} bytes {:.0}", 2.0/run.seconds, run.seconds*1e9/2e6, s[100], s[197], s[199], run.allocations, run.bytes);
}
