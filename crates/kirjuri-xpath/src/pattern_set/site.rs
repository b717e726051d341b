//! The places in a set of patterns where a document decides how the matching goes on: for whoever wants to know which
//! patterns hang on which values.

use super::PatternSet;
use crate::evaluate::Evaluator;

/// A place in a set of patterns where something of a document was judged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Site(u32);

impl Site {
    /// No place: nothing was judged.
    pub const NONE: Site = Site(u32::MAX);

    pub(super) fn of_branch(branch: usize) -> Site {
        Site(branch as u32)
    }
}

impl Default for Site {
    fn default() -> Site {
        Site::NONE
    }
}

impl PatternSet {
    /// Numbers the places behind those of the branches: first where steps are told apart, then what is asked of kinds of
    /// nodes.
    pub(super) fn number_sites(&mut self) {
        let mut next = self.branches.len() as u32;
        let mut number = |site: &mut Site| {
            *site = Site(next);
            next += 1;
        };
        let within = self.branches.iter_mut().flat_map(|branch| branch.children.iter_mut().chain(&mut branch.below));
        within.chain(&mut self.anywhere).for_each(|(_, fan)| number(&mut fan.site));
        self.asked_mut().for_each(|asked| number(&mut asked.site));
    }

    /// The patterns that what is judged at a place may decide; all of them, if it is no place of this set.
    pub fn patterns_at(&self, site: Site) -> Vec<usize> {
        let mut found = Vec::new();
        let within = self.branches.iter().flat_map(|branch| branch.children.iter().chain(&branch.below));
        if self.branches.get(site.0 as usize).is_some() {
            self.end_behind(vec![site.0 as usize], &mut found);
        } else if let Some((_, fan)) = within.chain(&self.anywhere).find(|(_, fan)| fan.site == site) {
            self.end_behind(fan.steps().collect(), &mut found);
        } else if let Some(asked) = self.asked().find(|asked| asked.site == site) {
            found.extend(&asked.patterns);
        } else {
            found.extend(0..self.overlapping.len());
        }
        found
    }

    /// The patterns that end at some branches or further on.
    fn end_behind(&self, mut open: Vec<usize>, found: &mut Vec<usize>) {
        while let Some(branch) = open.pop().and_then(|branch| self.branches.get(branch)) {
            found.extend(&branch.ends);
            open.extend(branch.attributes.iter().chain(&branch.attributes_below).map(|(_, next)| *next));
            open.extend(branch.children.iter().chain(&branch.below).flat_map(|(_, fan)| fan.steps()));
        }
    }

    fn asked(&self) -> impl Iterator<Item = &super::Asked> {
        let listed = self.elements.iter().map(|(_, list)| list);
        let listed = listed.chain(self.attributes_of.iter().map(|(_, list)| list));
        let listed = listed.chain(self.attributes.iter().map(|(_, list)| list));
        let listed = listed.chain(self.namespaces.iter().map(|(_, list)| list));
        listed.flatten().chain(&self.any_attributes).chain(&self.nodes).chain(&self.documents)
    }

    fn asked_mut(&mut self) -> impl Iterator<Item = &mut super::Asked> {
        let listed = self.elements.iter_mut().map(|(_, list)| list);
        let listed = listed.chain(self.attributes_of.iter_mut().map(|(_, list)| list));
        let listed = listed.chain(self.attributes.iter_mut().map(|(_, list)| list));
        let listed = listed.chain(self.namespaces.iter_mut().map(|(_, list)| list));
        let others = self.any_attributes.iter_mut().chain(&mut self.nodes).chain(&mut self.documents);
        listed.flatten().chain(others)
    }
}

impl<'a> Evaluator<'a> {
    /// Has something told, while patterns are matched, of every place in their set where something was judged, right behind
    /// the judgement; [`Site::NONE`] before the first.
    pub fn with_judging(mut self, judging: &'a dyn Fn(Site)) -> Evaluator<'a> {
        self.judging = Some(Judging(judging));
        self
    }

    #[inline]
    pub(crate) fn judged(&self, site: Site) {
        if let Some(Judging(judging)) = self.judging {
            judging(site);
        }
    }
}

/// What is told of every place where something was judged.
#[derive(Clone, Copy)]
pub(crate) struct Judging<'a>(&'a dyn Fn(Site));

impl std::fmt::Debug for Judging<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Judging")
    }
}
