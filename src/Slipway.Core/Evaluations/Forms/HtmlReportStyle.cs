namespace Slipway.Core.Evaluations.Forms;

/// <summary>The style of the HTML report, which stands inside the file.</summary>
internal static class HtmlReportStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--text:#1c2430;--quiet:#5b6675;--page:#f6f7f9;--card:#fff;--line:#dfe3e8;--bad:#b42318;--badbg:#fdecea;--good:#18794e;--goodbg:#e6f4ec;--open:#8a5a00;--openbg:#fff4dc;--link:#2855b8}
        @media (prefers-color-scheme:dark){:root{--text:#e4e8ee;--quiet:#98a3b3;--page:#11151b;--card:#1a2028;--line:#2d3642;--bad:#ff8a80;--badbg:#3b1d1c;--good:#6fd6a0;--goodbg:#14321f;--open:#f2c063;--openbg:#37290f;--link:#8fb2ff}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:62rem;margin:0 auto;padding:1rem}
        h1{font-size:1.5rem;margin:.1rem 0;overflow-wrap:anywhere} h2{font-size:1.1rem;margin:0 0 .6rem}
        p{margin:.3rem 0} ul{padding-left:1.2rem;margin:.5rem 0} code{font:0.9em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
        section,header{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;margin:0 0 1rem}
        header{border-left:.5rem solid var(--open)} header.pass{border-left-color:var(--good)} header.fail{border-left-color:var(--bad)}
        header p:last-child{font-size:1.05rem}
        .badge{display:inline-block;margin:0;padding:.1rem .7rem;border-radius:1rem;font-weight:700;text-transform:uppercase;letter-spacing:.04em;font-size:.8rem;background:var(--openbg);color:var(--open)}
        .pass .badge,.pass .verdict{background:var(--goodbg);color:var(--good)} .fail .badge,.fail .verdict{background:var(--badbg);color:var(--bad)} .inconclusive .verdict{background:var(--openbg);color:var(--open)}
        .verdict{padding:.05rem .5rem;border-radius:1rem;font-weight:600;font-size:.85rem;white-space:nowrap}
        .tiles{list-style:none;display:grid;grid-template-columns:repeat(4,1fr);gap:.6rem;padding:0;margin:0 0 1rem}
        .tiles li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.6rem .8rem;color:var(--quiet)} .tiles b{display:block;font-size:1.7rem;line-height:1.1;color:var(--text)}
        .tiles .bad b{color:var(--bad)} .tiles .good b{color:var(--good)}
        .table{overflow-x:auto} table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.92rem}
        th{text-align:left;color:var(--quiet);font-weight:600;font-size:.8rem} td,th{padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top} tr:last-child td{border-bottom:0} td code,.verdict{white-space:nowrap}
        tr.better td:last-child{color:var(--good)} tr.worse td:last-child{color:var(--bad);font-weight:600}
        details{margin:.4rem 0} summary{cursor:pointer;padding:.2rem 0;overflow-wrap:anywhere} .cluster{border:1px solid var(--line);border-radius:.5rem;padding:.4rem .8rem} .moved>summary{color:var(--open);font-weight:600}
        .tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .5rem;font-size:.8rem;color:var(--quiet)} .tag.bad{border-color:var(--bad);color:var(--bad)}
        article{border-top:1px solid var(--line);padding:.6rem 0} .case{color:var(--quiet);font-size:.85rem} .why{color:var(--bad);font-size:.92rem}
        .input,.answer,dd{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate} .input{font-style:italic;max-height:9rem;overflow:auto}
        .answer{background:var(--page);border-radius:.4rem;padding:.4rem .6rem;font-size:.92rem;max-height:16rem;overflow:auto} .sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.5rem}
        del,ins{text-decoration:none;border-radius:.2rem;background:var(--openbg);color:var(--open)} .broken del,.fixed ins{background:var(--goodbg);color:var(--good)} .broken ins,.fixed del{background:var(--badbg);color:var(--bad)} .answer del:not(:only-child){text-decoration:line-through}
        dt{font-weight:600;margin-top:.6rem} dd{margin:0} .quiet{color:var(--quiet);font-size:.85rem;overflow-wrap:anywhere}
        .bar{display:inline-block;width:6rem;height:.6rem;border-radius:.3rem;background:linear-gradient(90deg,var(--link) calc(var(--share)*100%),var(--line) 0)}
        @media (max-width:40rem){.tiles{grid-template-columns:repeat(2,1fr)} main>section>.table td{white-space:nowrap} main{padding:.5rem} section,header{padding:.8rem} .bar{width:3rem}}
        @media print{details{display:block} body{background:none}}
        """;
}
