//! Generates a larger dataset from the built-in data, to measure how performance scales.
//!
//! Provinces, cities, partnerships, sources, and all rows that refer to a community or a partnership are
//! multiplied; states, countries, and the published figures are not. The first copy is the real data. In every other copy,
//! places are shifted by up to half a degree, populations are multiplied by 0.5 to 1.5, and years are
//! up to three years earlier. The copies of the US side and of the partner are a random offset apart,
//! which is the same for all copies of a partnership. As a result, no pair occurs twice, and levels,
//! years, distances, and the number of partnerships per place are distributed as in the real data.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    io,
};

use crate::import::{FILES, Files};

/// Returns the files of a dataset of `times` the size, by name. The same arguments give the same bytes
/// on every platform.
///
/// # Errors
/// Returns an error if the built-in files are not valid CSV or lack an expected column.
pub fn generate(times: u32, seed: u64) -> Result<BTreeMap<String, Vec<u8>>, csv::Error> {
    let files = Files::embedded_in_memory().into_iter().collect();
    multiply_files(files, times, seed)
}

fn multiply_files(
    mut files: BTreeMap<String, Vec<u8>>,
    times: u32,
    seed: u64,
) -> Result<BTreeMap<String, Vec<u8>>, csv::Error> {
    let mut random = SplitMix64(seed);
    let states: HashSet<String> = CsvTable::read(&files, "states.csv")?.column_values("id")?;

    for file in ["provinces.csv", "cities.csv"] {
        let place = |row: &mut CsvRowMut<'_>, copy| copy_place(row, copy, &mut random);
        CsvTable::read(&files, file)?.multiply(&mut files, times, place)?;
    }
    let source = |row: &mut CsvRowMut<'_>, copy| row.update_cell("id", |id| id_of_copy(id, copy));
    CsvTable::read(&files, "sources.csv")?.multiply(&mut files, times, source)?;

    // The id of each copy of a partnership, and by how many years it is earlier.
    let mut copies: HashMap<(String, u32), (String, u32)> = HashMap::new();
    // The offset between the copies of the two sides, by the id of the partnership.
    let mut offsets: HashMap<String, u32> = HashMap::new();
    let partnership = |row: &mut CsvRowMut<'_>, copy: u32| {
        let original = row.cell_mut("id")?.clone();
        let others = times - 1;
        let offset = *offsets
            .entry(original.clone())
            .or_insert_with(|| random.next_below(others));
        let partner_copy = 1 + (copy - 1 + offset) % others;
        // States are not multiplied.
        if !states.contains(row.cell_mut("us_community_id")?) {
            row.update_cell("us_community_id", |id| id_of_copy(id, copy))?;
        }
        row.update_cell("partner_community_id", |id| id_of_copy(id, partner_copy))?;
        let us = row.cell_mut("us_community_id")?.clone();
        let us = us.strip_prefix("us-").unwrap_or(&us);
        *row.cell_mut("id")? = format!("{us}--{}", row.cell_mut("partner_community_id")?);
        let earlier = random.next_below(4);
        for year in ["established_year", "ended_year"] {
            row.update_cell(year, |date| years_earlier(date, earlier))?;
        }
        for sources in ["sources", "status_sources"] {
            row.update_cell(sources, |ids| {
                let ids: Vec<_> = ids.split(';').map(|id| id_of_copy(id, copy)).collect();
                ids.join(";")
            })?;
        }
        let id = row.cell_mut("id")?.clone();
        copies.insert((original, copy), (id, earlier));
        Ok(())
    };
    CsvTable::read(&files, "partnerships.csv")?.multiply(&mut files, times, partnership)?;

    for (file, columns) in FILES {
        let is_reference = |column: &&str| ["community_id", "partnership_id"].contains(column);
        if columns.iter().any(is_reference) && files.contains_key(*file) {
            let reference = |row: &mut CsvRowMut<'_>, copy| copy_reference(row, copy, &copies);
            CsvTable::read(&files, file)?.multiply(&mut files, times, reference)?;
        }
    }
    Ok(files)
}

/// Copies a row that refers to a community or a partnership.
fn copy_reference(
    row: &mut CsvRowMut<'_>,
    copy: u32,
    copies: &HashMap<(String, u32), (String, u32)>,
) -> Result<(), csv::Error> {
    for column in ["community_id", "source_id"] {
        if row.has_column(column) {
            row.update_cell(column, |id| id_of_copy(id, copy))?;
        }
    }
    if row.has_column("partnership_id") {
        let original = row.cell_mut("partnership_id")?.clone();
        if let Some((id, earlier)) = copies.get(&(original, copy)) {
            id.clone_into(row.cell_mut("partnership_id")?);
            for column in ["year_used", "year", "date"] {
                if row.has_column(column) {
                    row.update_cell(column, |date| years_earlier(date, *earlier))?;
                }
            }
        }
    }
    Ok(())
}

/// Returns an earlier year or date; a blank stays blank.
fn years_earlier(date: &str, years: u32) -> String {
    let year = date.get(..4).unwrap_or_default();
    match year.parse::<u32>() {
        // The other year may have no February 29.
        Ok(number) if years > 0 && date.ends_with("-02-29") => format!("{}-02", number - years),
        Ok(number) => format!("{}{}", number - years, &date[4..]),
        Err(_) => date.to_owned(),
    }
}

fn copy_place(
    row: &mut CsvRowMut<'_>,
    copy: u32,
    random: &mut SplitMix64,
) -> Result<(), csv::Error> {
    row.update_cell("id", |id| id_of_copy(id, copy))?;
    row.update_cell("name", |name| format!("{name} {copy}"))?;
    for column in ["wikidata_qid", "geonames_id"] {
        row.cell_mut(column)?.clear();
    }
    if row.has_column("province_id") {
        row.update_cell("province_id", |id| id_of_copy(id, copy))?;
        // States are not multiplied, and each has only one capital.
        *row.cell_mut("is_capital")? = "false".to_owned();
    }
    for (column, max) in [("latitude", 90.0), ("longitude", 180.0)] {
        let shift = random.next_unit() - 0.5;
        row.update_cell(column, |degrees| match degrees.parse::<f64>() {
            Ok(degrees) => format!("{:.5}", (degrees + shift).clamp(-max, max)),
            Err(_) => degrees.to_owned(),
        })?;
    }
    let factor = 0.5 + random.next_unit();
    row.update_cell("population", |people| match people.parse::<f64>() {
        Ok(people) => format!("{:.0}", people * factor),
        Err(_) => people.to_owned(),
    })
}

/// Returns the id of a copy of the row with this id; an empty id stays empty.
fn id_of_copy(id: &str, copy: u32) -> String {
    match id {
        "" => String::new(),
        id => format!("{id}-x{copy}"),
    }
}

/// A CSV file as rows of cells.
struct CsvTable {
    file: &'static str,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl CsvTable {
    fn read(files: &BTreeMap<String, Vec<u8>>, file: &'static str) -> Result<Self, csv::Error> {
        let bytes = files.get(file).map(Vec::as_slice).unwrap_or_default();
        let mut reader = csv::Reader::from_reader(bytes);
        Ok(Self {
            file,
            header: reader.headers()?.iter().map(str::to_owned).collect(),
            rows: reader
                .records()
                .map(|record| Ok(record?.iter().map(str::to_owned).collect()))
                .collect::<Result<_, csv::Error>>()?,
        })
    }

    fn column_values(mut self, name: &str) -> Result<HashSet<String>, csv::Error> {
        let header = &self.header;
        let cells = self.rows.iter_mut().map(|cells| {
            let mut row = CsvRowMut { header, cells };
            row.cell_mut(name).cloned()
        });
        cells.collect()
    }

    /// Writes the original rows and `times - 1` copies of them, each passed through `change`.
    fn multiply(
        self,
        files: &mut BTreeMap<String, Vec<u8>>,
        times: u32,
        mut change: impl FnMut(&mut CsvRowMut<'_>, u32) -> Result<(), csv::Error>,
    ) -> Result<(), csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header)?;
        for copy in 0..times {
            for cells in &self.rows {
                let mut cells = cells.clone();
                if copy > 0 {
                    let header = &self.header;
                    let cells = &mut cells;
                    change(&mut CsvRowMut { header, cells }, copy)?;
                }
                writer.write_record(&cells)?;
            }
        }
        let bytes = writer.into_inner().map_err(|error| error.into_error())?;
        files.insert(self.file.to_owned(), bytes);
        Ok(())
    }
}

/// A row whose cells are accessed by column name.
struct CsvRowMut<'a> {
    header: &'a [String],
    cells: &'a mut [String],
}

impl CsvRowMut<'_> {
    fn has_column(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    fn cell_mut(&mut self, column: &str) -> Result<&mut String, csv::Error> {
        let index = self.header.iter().position(|name| name == column);
        let cell = index.and_then(|index| self.cells.get_mut(index));
        cell.ok_or_else(|| io::Error::other(format!("no column {column}")).into())
    }

    fn update_cell(
        &mut self,
        column: &str,
        new: impl FnOnce(&str) -> String,
    ) -> Result<(), csv::Error> {
        let cell = self.cell_mut(column)?;
        *cell = new(cell);
        Ok(())
    }
}

/// A pseudorandom number generator (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014). It is implemented here because a library may change its algorithm, and with it
/// the generated files.
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Returns a number in `0..end`, with a negligible bias.
    pub fn next_below(&mut self, end: u32) -> u32 {
        let high = (u128::from(self.next()) * u128::from(end)) >> 64;
        u32::try_from(high).unwrap_or_default()
    }

    /// Returns a number in `0.0..1.0`.
    fn next_unit(&mut self) -> f64 {
        f64::from(self.next_below(1 << 24)) / f64::from(1_u32 << 24)
    }
}

#[cfg(test)]
mod tests {
    use super::{SplitMix64, generate, multiply_files};
    use crate::import::{Files, Tables};

    #[test]
    fn the_sequence_matches_the_reference() {
        let mut random = SplitMix64(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn files_depend_only_on_the_seed() {
        let files = generate(2, 1).unwrap();
        assert_eq!(files, generate(2, 1).unwrap());
        assert_ne!(files, generate(2, 2).unwrap());
    }

    #[test]
    fn a_single_copy_is_the_real_data() {
        let files = generate(1, 7).unwrap().into_iter().collect();
        let generated = Tables::read(&Files::Memory(files)).unwrap();
        let real = Tables::read(&Files::Embedded).unwrap();
        assert_eq!(generated.revision, real.revision);
    }

    #[test]
    fn generated_data_passes_the_checks_of_a_load() {
        let files = generate(3, 1).unwrap().into_iter().collect();
        let generated = Tables::read(&Files::Memory(files)).unwrap_or_else(|all| panic!("{all}"));
        let real = Tables::read(&Files::Embedded).unwrap();
        assert_eq!(
            generated.partnership().count(),
            3 * real.partnership().count()
        );
        assert_eq!(
            generated.alternate_name().count(),
            3 * real.alternate_name().count()
        );
        assert_eq!(
            generated.partnership_note().count(),
            3 * real.partnership_note().count()
        );
        assert_eq!(generated.claim().count(), 3 * real.claim().count());
        assert_eq!(generated.country().count(), real.country().count());
        let years = |tables: &Tables| {
            let partnerships = tables.partnership();
            partnerships
                .filter(|row| row.established_year.is_some())
                .count()
        };
        assert_eq!(years(&generated), 3 * years(&real));
    }

    #[test]
    fn claims_are_multiplied_with_their_partnerships() {
        let mut files: std::collections::BTreeMap<_, _> =
            Files::embedded_in_memory().into_iter().collect();
        let mut claims = csv::Writer::from_writer(Vec::new());
        let header = "partnership_id,source_id,kind,year,date,reckoned,side,note";
        claims.write_record(header.split(',')).unwrap();
        let tables = Tables::read(&Files::Embedded).unwrap();
        let recorded = tables.claim().filter(|claim| claim.kind == "RECORDED");
        for claim in recorded {
            let (id, source) = (claim.partnership_id.as_str(), claim.source_id.as_str());
            let record = [id, source, &claim.kind, "", "", "false", &claim.side, ""];
            claims.write_record(record).unwrap();
            if source == "kompot2023" {
                let leap_day = ["ESTABLISHED", "1984", "1984-02-29"];
                let [kind, year, date] = leap_day;
                let record = [id, source, kind, year, date, "false", &claim.side, ""];
                claims.write_record(record).unwrap();
            }
        }
        files.insert("claims.csv".into(), claims.into_inner().unwrap());
        let real = Tables::read(&Files::Memory(files.clone().into_iter().collect())).unwrap();
        let files = multiply_files(files, 3, 1).unwrap();
        let generated = Tables::read(&Files::Memory(files.into_iter().collect()))
            .unwrap_or_else(|all| panic!("{all}"));
        assert!(real.claim().any(|claim| claim.date.is_some()));
        assert_eq!(generated.claim().count(), 3 * real.claim().count());
        let dates = generated.claim().filter_map(|claim| claim.date);
        let dates: std::collections::BTreeSet<_> = dates.collect();
        let expected = ["1981-02", "1982-02", "1983-02", "1984-02-29"];
        assert!(dates.iter().eq(&expected), "{dates:?}");
    }
}
